import { type Build, type Document, followsChanges } from "@samla/contracts";
import { needSameData } from "../documents/data-keys.ts";
import {
  type BuildDocumentRecord,
  type FillRecord,
  type StorageContext,
  systemActor,
  type WalkMessage,
} from "../kernel/index.ts";
import { endFill } from "./fill-rules.ts";

/** Documents looked at by one message. */
const pageSize = 100;
/** So many may be on their way before the walk goes on: what it sends does not pile up in the queue. */
const onTheirWayMax = 200;
const waitSeconds = 1;
/** Work that does not move for so long is taken for lost and sent again. */
const lostAfterMs = 20_000;
/** A build whose first documents all fail is not tried on the rest. */
const allFailedMin = 25;

/** The version of a document that belongs into a build, as far as its row says. */
const wantedVersionId = (document: Document): string | undefined =>
  document.status === "ready" || document.status === "indexing" ? document.headVersionId : document.liveVersionId;

/** Whether nothing is left to do for the document. */
const isSettled = (row: BuildDocumentRecord | undefined, wanted: string, fill: FillRecord): boolean =>
  row?.versionId === wanted &&
  (row.outcome === "done" ||
    (row.outcome === "failed" && (fill.retryBefore === undefined || row.at >= fill.retryBefore)));

/**
 * One step of a walk through an index: finds documents that a build lacks and asks for them, page by page, and once more
 * from the start until a whole pass finds none; then the build is ready, or has failed because none of them could be
 * brought in. Idempotent: a walk that is repeated, or begun again after a crash, skips what is done.
 */
export const walkBuild = async (ctx: StorageContext, message: WalkMessage): Promise<void> => {
  const [build, index, fills] = await Promise.all([
    ctx.catalog.getBuild(message.index, message.buildId),
    ctx.catalog.getIndex(message.index),
    ctx.catalog.getFills([message.buildId]),
  ]);
  const fill = fills.get(message.buildId);
  if (!build || !index || !fill || !followsChanges(build.status)) return;
  if (fill.state !== "running" || fill.run !== message.run) return;
  const settled = fill.done + fill.failed;
  if (build.status === "building" && !fill.retryBefore && fill.done === 0 && fill.failed >= allFailedMin)
    return finishFill(ctx, build, message.run);
  const before = message.settledBefore ?? settled;
  const onTheirWay = message.sent - (settled - before);
  const moving = ctx.now() - fill.movedAt < lostAfterMs;
  const ended = message.cursor === undefined && message.sent > 0;
  if (moving && (ended ? onTheirWay > 0 : onTheirWay > onTheirWayMax))
    return ctx.queues.sendFill([{ ...message, settledBefore: before }], waitSeconds);
  const pass = ended
    ? { seen: 0, sent: 0, settledBefore: settled }
    : { seen: message.seen, sent: message.sent, settledBefore: before };
  const page = await ctx.catalog.listDocuments({
    index: build.index,
    deleted: false,
    // One that changes during the walk moves to its end and is seen again.
    sort: "updated",
    order: "asc",
    limit: pageSize,
    ...(message.cursor ? { cursor: message.cursor } : {}),
  });
  const rows = await ctx.catalog.getBuildDocuments(
    build.id,
    page.items.map((document) => document.id),
  );
  const belonging = page.items.flatMap((document) => {
    const wanted = wantedVersionId(document);
    return wanted ? [{ document, wanted, row: rows.get(document.id) }] : [];
  });
  const lacking = belonging.filter(({ wanted, row }) => !isSettled(row, wanted, fill));
  const idle = lacking.filter(({ wanted, row }) => !(row?.work?.versionId === wanted && row.work.until > ctx.now()));
  await sendDocuments(
    ctx,
    build,
    index.liveBuildId,
    idle.map(({ document, row }) => ({ document, failed: row?.outcome === "failed" })),
  );
  const seen = pass.seen + belonging.length;
  const sent = pass.sent + lacking.length;
  if (page.nextCursor === undefined && sent === 0) return finishFill(ctx, build, message.run, seen);
  await ctx.catalog.changeBuildDocuments(build.id, [], (_, current) =>
    current?.run === message.run
      ? {
          fill: { ...current, movedAt: ctx.now(), total: Math.max(current.total, seen, current.done + current.failed) },
        }
      : undefined,
  );
  const { cursor: _, ...rest } = message;
  const next: WalkMessage = { ...rest, ...pass, seen, sent, ...(page.nextCursor ? { cursor: page.nextCursor } : {}) };
  await ctx.queues.sendFill([next], page.nextCursor ? 0 : waitSeconds);
};

/** Asks for documents: the writer at once where the live build's data are all that is needed, else a worker before. */
const sendDocuments = async (
  ctx: StorageContext,
  build: Build,
  liveBuildId: string,
  documents: readonly { document: Document; failed: boolean }[],
): Promise<void> => {
  const live = await ctx.catalog.getBuild(build.index, liveBuildId);
  const same = live !== undefined && live.id !== build.id && needSameData(live.config, build.config);
  const messageOf = ({ document }: { document: Document }) => ({
    index: build.index,
    buildId: build.id,
    documentId: document.id,
  });
  const isWhole = ({ document, failed }: { document: Document; failed: boolean }): boolean =>
    same &&
    !failed &&
    document.status === "ready" &&
    (build.config.dimensions === 0 || document.vectors === document.passages);
  const whole = documents.filter(isWhole);
  const rest = documents.filter((one) => !isWhole(one));
  if (whole.length > 0) await ctx.queues.sendIndex(whole.map(messageOf));
  if (rest.length > 0) await ctx.queues.sendFill(rest.map((one) => ({ kind: "prepare", ...messageOf(one) }) as const));
};

/** Ends the fill: a candidate is ready, or has failed when no document is in it. */
const finishFill = async (ctx: StorageContext, build: Build, run: number, total?: number): Promise<void> => {
  const { items } = await ctx.catalog.listBuildDocuments({ buildId: build.id, outcome: "failed", limit: 100 });
  const reason = commonest(items.map((row) => row.reason ?? "unknown"));
  const nextStep = items.find((row) => row.reason === reason)?.nextStep;
  await ctx.catalog.changeBuild(build.index, build.id, systemActor, (current, fill) => {
    if (fill?.state !== "running" || fill.run !== run) return undefined;
    const { retryBefore: _, ...counts } = { ...fill, total: total ?? fill.total };
    if (current.status !== "building") return { fill: endFill(counts, "done", ctx.now()) };
    const shown = { index: current.index, buildId: current.id };
    if (fill.done === 0 && fill.failed > 0) {
      const cause = `None of ${fill.failed} documents could be brought in. Most often: ${reason}`;
      return {
        build: {
          ...current,
          status: "failed",
          failure: { cause, nextStep: nextStep ?? "Put the cause right and try again, or change the configuration." },
        },
        fill: endFill(counts, "failed", ctx.now()),
        event: {
          action: "build.failed",
          outcome: "failed",
          summary: "could not fill a build",
          reason: cause,
          ...shown,
        },
      };
    }
    const { failure: _f, ...ready } = current;
    return {
      build: { ...ready, status: "ready" },
      fill: endFill(counts, "done", ctx.now()),
      event: {
        action: "build.ready",
        outcome: "ok",
        summary: `filled a build with ${fill.done} ${fill.done === 1 ? "document" : "documents"}${fill.failed ? `; ${fill.failed} could not be brought in` : ""}`,
        ...shown,
      },
    };
  });
};

const commonest = (values: readonly string[]): string | undefined => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
};
