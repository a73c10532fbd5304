import {
  type Build,
  canPromote,
  type Figures,
  type gateRules,
  type PromotionGate,
  type PromotionPlan,
} from "@samla/contracts";

type Rule = (typeof gateRules)[number];
type Obstacle = PromotionPlan["obstacles"][number];

/** Both of the same questions. */
export type Measured = { live: Figures; candidate: Figures };

/** Sums of binary fractions: a drop of just the threshold is not a breach. */
const epsilon = 1e-9;

const percent = (share: number): string => `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;

/**
 * What stands in the way of a promotion. Metrics are judged only where both builds were measured on the same questions;
 * where they must be and were not, that is an obstacle itself.
 */
export const findObstacles = (input: {
  gate: PromotionGate;
  build: Pick<Build, "status">;
  /** Documents that are in the candidate, those that failed, and all that belong into it as the index is now. */
  documents: { done: number; failed: number; belonging: number };
  measured: Measured | undefined;
}): Obstacle[] => {
  const { gate, build, documents, measured } = input;
  const obstacles: Obstacle[] = [];
  const add = (rule: Rule, message: string, nextStep: string, overridable = true): void =>
    void obstacles.push({ rule, message, nextStep, overridable });
  if (!canPromote(build.status))
    add(
      "status",
      build.status === "live" ? "It is the live build already." : `It is ${build.status}, so it cannot be promoted.`,
      build.status === "building" ? "Wait until it is filled." : "Choose a build that is ready.",
      false,
    );
  if (gate.evaluationRequired && !measured)
    add(
      "evaluation",
      "This build and the live one have not been evaluated on the same questions.",
      "Evaluate both on the questions as they are now.",
    );
  if (measured) {
    const { live, candidate } = measured;
    const fell = (rule: Rule, name: string, by: number, max: number): void => {
      if (by > max + epsilon)
        add(
          rule,
          `${name} falls by ${by.toFixed(4)}, and may fall by ${max.toFixed(4)} at most.`,
          "Look at the questions that fell, and change the configuration.",
        );
    };
    fell("ndcg10", "nDCG@10", live.ndcg10 - candidate.ndcg10, gate.ndcg10DropMax);
    fell("recall10", "Recall@10", live.recall10 - candidate.recall10, gate.recall10DropMax);
    const rise = candidate.zeroResultRate - live.zeroResultRate;
    if (rise > gate.zeroResultRiseMax + epsilon)
      add(
        "zeroResultRate",
        `Searches without a result rise by ${percent(rise)}, and may rise by ${percent(gate.zeroResultRiseMax)} at most.`,
        "Look at the questions without a result.",
      );
  }
  const all = Math.max(documents.done + documents.failed, documents.belonging);
  const missing = all - documents.done;
  const share = all > 0 ? missing / all : 0;
  if (share > gate.failedShareMax + epsilon)
    add(
      "failedDocuments",
      `${missing} of ${all} documents (${percent(share)}) are not in it, ${documents.failed} of them failed; at most ${percent(gate.failedShareMax)} may be missing.`,
      documents.failed > 0 ? "See why they failed, and try them again." : "Wait until they have come in.",
    );
  return obstacles;
};
