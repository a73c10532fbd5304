import type { ImageDetail } from "@aws-sdk/client-ecr";
import type { ImageState } from "@samla/core/kernel";

/** ECR's states of a scan in the contract's words; ACTIVE is enhanced scanning that goes on. */
const scanStates: Record<string, ImageState["scan"]["state"]> = {
  COMPLETE: "complete",
  ACTIVE: "complete",
  IN_PROGRESS: "running",
  PENDING: "running",
  FAILED: "failed",
  UNSUPPORTED_IMAGE: "unsupported",
  FINDINGS_UNAVAILABLE: "unsupported",
};

const severityNames: Record<string, string> = { UNDEFINED: "untriaged", UNTRIAGED: "untriaged" };

/** An image as ECR describes it, in SAMLA's words. */
export const imageOf = (one: ImageDetail): ImageState => {
  const { status, description } = one.imageScanStatus ?? {};
  const summary = one.imageScanFindingsSummary;
  const state = status === undefined ? (summary ? "complete" : "none") : (scanStates[status] ?? "none");
  const counts = Object.entries(summary?.findingSeverityCounts ?? {}).map(
    ([name, count]) => [severityNames[name] ?? name.toLowerCase(), count] as const,
  );
  return {
    digest: one.imageDigest ?? "",
    tags: one.imageTags ?? [],
    sizeBytes: one.imageSizeInBytes ?? 0,
    pushedAt: one.imagePushedAt?.toISOString() ?? new Date(0).toISOString(),
    pulledAt: one.lastRecordedPullTime?.toISOString(),
    mediaType: one.imageManifestMediaType ?? "",
    scan: {
      state,
      ...(state !== "complete" && description ? { reason: description } : {}),
      ...(summary?.imageScanCompletedAt ? { at: summary.imageScanCompletedAt.toISOString() } : {}),
      ...(summary?.vulnerabilitySourceUpdatedAt
        ? { advisoriesAt: summary.vulnerabilitySourceUpdatedAt.toISOString() }
        : {}),
      counts: Object.fromEntries(counts),
    },
  };
};
