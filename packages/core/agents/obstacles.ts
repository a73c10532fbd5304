import type { ContractCheck, GateResult, ReleaseKind } from "@samla/contracts";

/** Sentences of what stands in the way of carrying a proposal out. A roll back is never held back by them. */
export const obstaclesOf = (release: {
  kind: ReleaseKind;
  gate?: GateResult | undefined;
  contract?: ContractCheck | undefined;
}): string[] =>
  release.kind !== "release"
    ? []
    : [
        ...(release.gate && !release.gate.passed ? release.gate.obstacles : []),
        ...(release.contract?.items ?? []).filter((item) => !item.passed).map((item) => item.message),
      ];
