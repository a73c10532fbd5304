import {
  type LogLevel,
  type LogLine,
  readTailPosition,
  type TailPosition,
  tailLimits,
  writeTailPosition,
} from "@samla/contracts";
import { type AgentPlatform, type RawLogLine, requirePermission } from "../kernel/index.ts";
import { type AgentContext, logGroupOf, logStreamOf } from "./context.ts";
import { patternOf } from "./logs.ts";
import { toLogLine } from "./read-lines.ts";

export type TailContext = Pick<AgentContext, "actor" | "logs" | "now"> & { platform: Pick<AgentPlatform, "stage"> };

export type TailInput = {
  agent: string;
  taskId?: string | undefined;
  q?: string | undefined;
  level?: LogLevel | undefined;
  /** As `writeTailPosition` writes it; what is none is taken for now. */
  after?: string | undefined;
  /** Asked before each round; false ends the tail. */
  goesOn: () => Promise<boolean>;
  wait: (forMs: number) => Promise<void>;
};

export type TailBatch = { lines: LogLine[]; skipped: number; isAtLeast: boolean; after: string };

/** The newest of `lines` (oldest first) that one round may show. */
const newestOf = (lines: readonly LogLine[]): LogLine[] => {
  let sizeBytes = 0;
  let from = lines.length;
  while (from > 0 && lines.length - from < tailLimits.linesMax) {
    const line = lines[from - 1];
    sizeBytes += line ? Buffer.byteLength(JSON.stringify(line)) : 0;
    if (sizeBytes > tailLimits.sizeBytesMax) break;
    from -= 1;
  }
  return lines.slice(from);
};

const byTime = (a: RawLogLine, b: RawLogLine): number => a.atMs - b.atMs;

/** All lines of a span as far as a round may read, and whether that was all. */
const readSpan = async (
  ctx: TailContext,
  query: { group: string; streams: string[] | undefined; pattern: string | undefined; fromMs: number; toMs: number },
): Promise<{ lines: RawLogLine[]; isCut: boolean }> => {
  const lines: RawLogLine[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < tailLimits.readPagesMax; page += 1) {
    const read = await ctx.logs.filter({ ...query, cursor, limit: tailLimits.readLinesMax });
    lines.push(...read.lines);
    cursor = read.nextCursor;
    if (!cursor) break;
  }
  return { lines: lines.sort(byTime), isCut: cursor !== undefined };
};

/**
 * New lines of an agent's log as they come, each once: the log is read each second from some seconds before the newest
 * line, as CloudWatch may show a line after a younger one. The first batch is there when the log was read once, so it may
 * be empty; later ones hold lines. What is more than a round shows is left out, oldest first, and counted.
 *
 * `after` goes on where another tail ended. Lines of its last seconds may come twice then, with the same id; none is lost
 * within the hour. Ends when `goesOn` says so. Throws `forbidden` for whoever may not read logs.
 */
export async function* tailLogs(ctx: TailContext, input: TailInput): AsyncGenerator<TailBatch> {
  requirePermission(ctx, "agents.logs");
  const startMs = ctx.now();
  const given = readTailPosition(input.after);
  const from: TailPosition = given ?? { atMs: startMs, floorMs: 0, id: "" };
  const repeatsUpToMs = given ? given.atMs : 0;
  let position = { ...from, atMs: Math.min(Math.max(from.atMs, startMs - tailLimits.backMs), startMs) };
  const seen = new Map<string, number>(given ? [[given.id, given.atMs]] : []);
  const scope = {
    group: logGroupOf(ctx, input.agent),
    streams: input.taskId ? [logStreamOf(input.taskId)] : undefined,
    pattern: patternOf(input.q, input.level),
  };
  for (let round = 0; await input.goesOn(); round += 1) {
    if (round > 0) await input.wait(tailLimits.everyMs);
    const nowMs = ctx.now();
    const fromMs = Math.max(position.floorMs, position.atMs - tailLimits.overlapMs);
    // Clocks of tasks may be ahead of ours.
    const { lines, isCut } = await readSpan(ctx, { ...scope, fromMs, toMs: nowMs + 60_000 });
    const fresh = lines.filter(({ id }) => !seen.has(id));
    for (const { id, atMs } of fresh) seen.set(id, atMs);
    const isRepeat = ({ atMs }: RawLogLine): boolean => round === 0 && atMs <= repeatsUpToMs;
    const news = fresh.filter((line) => !isRepeat(line)).map(toLogLine);
    const shown = newestOf(news);
    const skipped = news.length - shown.length;
    const repeats = skipped === 0 ? newestOf(fresh.filter(isRepeat).map(toLogLine)) : [];
    position = movedTo(position, lines.at(-1), { nowMs, isCut, isFlood: skipped > 0 });
    const keptFromMs = Math.max(position.floorMs, position.atMs - tailLimits.overlapMs);
    for (const [id, atMs] of seen) if (atMs < keptFromMs) seen.delete(id);
    const batch = [...repeats, ...shown];
    if (round === 0 || batch.length > 0 || isCut)
      yield { lines: batch, skipped, isAtLeast: isCut, after: writeTailPosition(position) };
  }
}

/** Never ahead of our clock, or lines of tasks whose clocks are right would be missed. In a flood nothing is read twice. */
const movedTo = (
  before: TailPosition,
  last: RawLogLine | undefined,
  { nowMs, isCut, isFlood }: { nowMs: number; isCut: boolean; isFlood: boolean },
): TailPosition => {
  if (isCut) return { atMs: nowMs, floorMs: nowMs, id: "" };
  if (!last || last.atMs < before.atMs) return before;
  const atMs = Math.min(last.atMs, nowMs);
  return { atMs, floorMs: isFlood ? atMs : before.floorMs, id: last.id };
};

/** Lines in messages that a WebSocket carries. A line that alone is too long for one is cut. */
export const splitBatch = (lines: readonly LogLine[]): LogLine[][] => {
  const parts: LogLine[][] = [];
  let room = 0;
  for (const one of lines) {
    const line = Buffer.byteLength(JSON.stringify(one)) > tailLimits.messageSizeBytesMax ? shorten(one) : one;
    const sizeBytes = Buffer.byteLength(JSON.stringify(line)) + 1;
    const part = parts.at(-1);
    if (part && sizeBytes <= room) part.push(line);
    else parts.push([line]);
    room = (part && sizeBytes <= room ? room : tailLimits.messageSizeBytesMax) - sizeBytes;
  }
  return parts;
};

const cutCharacters = 4_000;
const shorten = ({ fields: _, ...line }: LogLine): LogLine => ({
  ...line,
  text: `${line.text.slice(0, cutCharacters)}…`,
});
