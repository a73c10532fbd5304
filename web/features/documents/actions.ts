import type { Document, Permission, Version, VersionStatus } from "@samla/contracts";
import { canCancel, canReprocess } from "@samla/contracts/plain";

export const documentActionNames = [
  "download",
  "rename",
  "tag",
  "access",
  "replace",
  "reprocess",
  "cancel",
  "delete",
  "restore",
] as const;
export type DocumentAction = (typeof documentActionNames)[number];

type Facts = { status: VersionStatus; deletedAt?: string | undefined; purgeAt?: string | undefined };

/**
 * What may be done with a document now, by its state and by what the person may do.
 * The panels offer exactly this; the server decides again.
 */
export const documentActions = (
  document: Facts,
  may: (permission: Permission) => boolean,
  nowMs: number,
): ReadonlySet<DocumentAction> => {
  const actions = new Set<DocumentAction>();
  const isDeleted = document.deletedAt !== undefined;
  const bytesHere = document.status !== "uploading";
  if (may("documents.read") && !isDeleted && bytesHere) actions.add("download");
  if (!may("documents.write")) return actions;
  if (isDeleted) {
    if (document.purgeAt === undefined || Date.parse(document.purgeAt) > nowMs) actions.add("restore");
    return actions;
  }
  actions.add("rename").add("tag").add("access").add("delete");
  if (bytesHere) actions.add("replace");
  if (canReprocess(document.status)) actions.add("reprocess");
  if (canCancel(document.status)) actions.add("cancel");
  return actions;
};

/** What may be done with a whole selection: an action is offered if it fits at least one of them. */
export const batchActionsOf = (
  documents: readonly Facts[],
  may: (permission: Permission) => boolean,
  nowMs: number,
): Record<"delete" | "restore" | "reprocess" | "cancel" | "tag" | "access", number> => {
  const counts = { delete: 0, restore: 0, reprocess: 0, cancel: 0, tag: 0, access: 0 };
  for (const document of documents) {
    const actions = documentActions(document, may, nowMs);
    for (const name of ["delete", "restore", "reprocess", "cancel", "tag", "access"] as const)
      if (actions.has(name)) counts[name] += 1;
  }
  return counts;
};

/** An earlier version that was read to the end can be made the live one. */
export const canMakeLive = (
  version: Pick<Version, "status" | "live">,
  document: Pick<Document, "deletedAt">,
  may: (permission: Permission) => boolean,
): boolean => may("documents.write") && document.deletedAt === undefined && version.status === "ready" && !version.live;
