import type { Build, Document } from "@samla/contracts";
import {
  type EngineContext,
  type EnginePassage,
  type StorageContext,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { embedderOf, endStep, mirrorHead, startStep } from "./rules.ts";

/** A document as its build's table was just written with it. */
export type Written = { document: Document; version: VersionRecord | undefined; passages: EnginePassage[] };

/** A version that was read while a newer one was faster: searches pass it by, a roll back may choose it. */
export const markOvertaken = async (ctx: StorageContext, overtaken: VersionRecord): Promise<void> => {
  const at = timestamp(ctx);
  await ctx.catalog.change(overtaken.documentId, overtaken.id, ctx.actor, (document, version) =>
    version?.status === "indexing" && document.headVersionId !== version.id
      ? {
          document: { ...document, updatedAt: at },
          version: {
            ...version,
            status: "ready",
            steps: endStep(version.steps, "index", at, "skipped", "a newer version was faster"),
            updatedAt: at,
          },
          event: {
            action: "document.ready",
            outcome: "ok",
            summary: `kept "${version.name}" as an earlier version; a newer one is searchable`,
            index: document.index,
            documentId: document.id,
            versionId: version.id,
          },
        }
      : undefined,
  );
};

/** Says in the rows what the live build's table holds now, and asks for vectors that are still to be made. Returns whether all are there. */
export const markSearchable = async (
  ctx: StorageContext & EngineContext,
  one: Written,
  build: Build,
): Promise<boolean> => {
  const { index, id: buildId } = build;
  const canEmbed = embedderOf(ctx, build) !== undefined;
  const versionId = one.version?.id;
  if (!versionId) return true;
  const vectors = one.passages.filter((passage) => passage.vector).length;
  const complete = vectors === one.passages.length;
  const at = timestamp(ctx);
  const result = await ctx.catalog.change(one.document.id, versionId, ctx.actor, (document, version) => {
    if (!version || document.deletedAt) return undefined;
    const becomesReady = version.status === "indexing";
    if (!becomesReady && version.status !== "ready") return undefined;
    if (!becomesReady && document.liveVersionId === version.id && version.vectors === vectors) return undefined;
    let steps = becomesReady ? endStep(version.steps, "index", at) : version.steps;
    if (complete) steps = endStep(steps, "embed", at, "done", `${vectors} ${vectors === 1 ? "vector" : "vectors"}`);
    else if (!canEmbed) steps = endStep(steps, "embed", at, "skipped", "found by its words only");
    else if (!steps.some((step) => step.name === "embed" && step.status === "running"))
      steps = startStep(steps, "embed", at);
    const next: VersionRecord = { ...version, status: "ready", vectors, steps, updatedAt: at };
    return {
      document: { ...mirrorHead(document, next, at), liveVersionId: version.id },
      version: next,
      ...(becomesReady || document.liveVersionId !== version.id
        ? {
            event: {
              action: "document.ready" as const,
              outcome: "ok" as const,
              summary: `made "${version.name}" searchable`,
              index: document.index,
              documentId: document.id,
              versionId: version.id,
              buildId,
            },
          }
        : {
            event: {
              action: "document.embedded" as const,
              outcome: "ok" as const,
              summary: `added ${vectors} ${vectors === 1 ? "vector" : "vectors"} to "${version.name}"`,
              index: document.index,
              documentId: document.id,
              versionId: version.id,
              buildId,
            },
          }),
    };
  });
  if (result?.version && !complete && canEmbed)
    await ctx.queues.sendEmbed({ index, buildId, documentId: one.document.id, versionId });
  return complete || !canEmbed;
};
