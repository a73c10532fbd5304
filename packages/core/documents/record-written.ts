import type { Build } from "@samla/contracts";
import { moveFill, newFill, type RowMove } from "../builds/fill-rules.ts";
import {
  type BuildDocumentRecord,
  type Context,
  type DataStage,
  timestamp,
  type VersionRecord,
} from "../kernel/index.ts";
import { readingOf } from "./rules.ts";

/** What a build's table holds of a document now; without a version it holds nothing. */
export type TableEntry = {
  documentId: string;
  version?: VersionRecord | undefined;
  passages: number;
  vectors: number;
};

/** The stages at which a build's data is made. */
export const stagesOf = (build: Pick<Build, "config">): DataStage[] =>
  build.config.dimensions > 0 ? ["extract", "split", "embed"] : ["extract", "split"];

/** Notes what was just written to a build's table, and moves the counts of its fill with it. Repeats change nothing. */
export const recordWritten = async (
  ctx: Pick<Context, "catalog" | "now">,
  build: Build,
  entries: readonly TableEntry[],
): Promise<void> => {
  for (let i = 0; i < entries.length; i += 50) {
    const some = entries.slice(i, i + 50);
    await ctx.catalog.changeBuildDocuments(
      build.id,
      some.map((entry) => entry.documentId),
      (rows, fill) => {
        const moves: RowMove[] = some.map((entry) => {
          const before = rows.get(entry.documentId);
          return { before, after: afterWrite(entry, before, timestamp(ctx)) };
        });
        const changed = moves.filter(({ before, after }) => before !== after);
        if (changed.length === 0) return undefined;
        return {
          rows: changed.flatMap(({ after }) => (after ? [after] : [])),
          removed: changed.flatMap(({ before, after }) => (before && !after ? [before.documentId] : [])),
          fill: moveFill(fill ?? newFill("done", 0, ctx.now()), changed, stagesOf(build), ctx.now()),
        };
      },
    );
  }
};

const afterWrite = (
  { documentId, version, passages, vectors }: TableEntry,
  before: BuildDocumentRecord | undefined,
  at: string,
): BuildDocumentRecord | undefined => {
  if (!version) return undefined;
  const same =
    before?.outcome === "done" &&
    before.versionId === version.id &&
    before.reading === readingOf(version) &&
    before.passages === passages &&
    before.vectors === vectors;
  // Work on another version goes on.
  const work = before?.work?.versionId === version.id ? undefined : before?.work;
  if (same && before.work === work) return before;
  return {
    documentId,
    versionId: version.id,
    reading: readingOf(version),
    outcome: "done",
    passages,
    vectors,
    at,
    ...(work ? { work } : {}),
  };
};
