import { agentLimits, type LogLevel, type LogLine, type LogPage } from "@samla/contracts";
import { Failure, requirePermission } from "../kernel/index.ts";
import { type AgentContext, logGroupOf, logStreamOf, requireAgent } from "./context.ts";
import { toLogLine } from "./read-lines.ts";

const hourMs = 3_600_000;
/** A page that ends at a time goes back in spans that grow, as the log can only be read forwards. */
const firstSpanMs = 10 * 60_000;
const spansMax = 12;
const oldestMs = agentLimits.taskDays * 24 * hourMs;

/** Words and phrases as CloudWatch's filter pattern: each term quoted, so that nothing in it is syntax. */
export const patternOf = (q: string | undefined, level: LogLevel | undefined): string | undefined => {
  const terms = [...(q ?? "").matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? "");
  if (level) terms.push(`"level":"${level}"`);
  const quoted = terms
    .map((term) => term.trim())
    .filter(Boolean)
    .map((term) => `"${term.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  return quoted.length ? quoted.join(" ") : undefined;
};

type LogQuery = {
  agent: string;
  taskId?: string | undefined;
  q?: string | undefined;
  level?: LogLevel | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

const scopeOf = (ctx: AgentContext, input: LogQuery) => {
  const fromMs = input.from ? Date.parse(input.from) : ctx.now() - oldestMs;
  const toMs = input.to ? Date.parse(input.to) : ctx.now();
  if (fromMs > toMs)
    throw new Failure("invalid_request", "The log's range ends before it begins.", {
      errors: [{ field: "to", message: "must be after from" }],
      nextStep: "Swap the two times.",
    });
  return {
    group: logGroupOf(ctx, input.agent),
    streams: input.taskId ? [logStreamOf(input.taskId)] : undefined,
    pattern: patternOf(input.q, input.level),
    fromMs,
    toMs,
  };
};

const byTime = (a: { atMs: number }, b: { atMs: number }): number => a.atMs - b.atMs;

/**
 * A page of an agent's log, of one task or all, lines oldest first. `newest` ends at a time and goes back: its cursor is
 * the time before which the next page ends, and lines of one millisecond may take it over its limit. `oldest` goes
 * forwards from a time.
 */
export const readLogs = async (
  ctx: AgentContext,
  input: LogQuery & { order: "newest" | "oldest"; cursor?: string | undefined; limit: number },
): Promise<LogPage> => {
  requirePermission(ctx, "agents.logs");
  await requireAgent(ctx, input.agent);
  const scope = scopeOf(ctx, input);
  if (input.order === "oldest") {
    const page = await ctx.logs.filter({ ...scope, cursor: input.cursor, limit: input.limit });
    return {
      items: page.lines.sort(byTime).map(toLogLine),
      ...(page.nextCursor ? { nextCursor: page.nextCursor } : {}),
    };
  }
  const cursor = input.cursor === undefined ? undefined : /^(\d{10,16})$/.exec(input.cursor)?.[1];
  if (input.cursor !== undefined && !cursor)
    throw new Failure("invalid_cursor", "This page cursor belongs to another list or was changed.", {
      nextStep: "Begin again at the newest lines.",
    });
  let endMs = cursor ? Math.min(Number(cursor), scope.toMs) : scope.toMs;
  let spanMs = firstSpanMs;
  const found: LogLine[] = [];
  for (let span = 0; span < spansMax && endMs > scope.fromMs; span += 1) {
    const startMs = Math.max(scope.fromMs, endMs - spanMs);
    const lines: { atMs: number; line: LogLine }[] = [];
    let next: string | undefined;
    do {
      const page = await ctx.logs.filter({
        ...scope,
        fromMs: startMs,
        toMs: endMs,
        cursor: next,
        limit: agentLimits.logPageSizeMax,
      });
      for (const raw of page.lines) lines.push({ atMs: raw.atMs, line: toLogLine(raw) });
      // Of a burst only its end is wanted.
      if (lines.length > 20 * agentLimits.logPageSizeMax)
        lines.splice(0, lines.length - 5 * agentLimits.logPageSizeMax);
      next = page.nextCursor;
    } while (next);
    found.unshift(...lines.sort(byTime).map(({ line }) => line));
    endMs = startMs - 1;
    if (found.length >= input.limit) break;
    spanMs *= 4;
  }
  // The next page ends a millisecond before this one begins: lines of one millisecond stay on one page.
  let start = Math.max(0, found.length - input.limit);
  while (start > 0 && found[start - 1]?.at === found[start]?.at) start -= 1;
  const items = found.slice(start);
  const first = items[0];
  const isCut = start > 0;
  const nextMs = isCut && first ? Date.parse(first.at) - 1 : endMs;
  const isMore = isCut || endMs > scope.fromMs;
  return {
    items,
    ...(isMore ? { nextCursor: String(nextMs), searchedFrom: new Date(Math.max(0, nextMs)).toISOString() } : {}),
  };
};

/** The log as plain text, line by line, oldest first; ends at the limit and says so. */
export async function* downloadLogs(ctx: AgentContext, input: LogQuery): AsyncGenerator<string> {
  requirePermission(ctx, "agents.logs");
  await requireAgent(ctx, input.agent);
  const scope = scopeOf(ctx, input);
  let cursor: string | undefined;
  let count = 0;
  do {
    const page = await ctx.logs.filter({ ...scope, cursor, limit: agentLimits.logPageSizeMax });
    const text = page.lines
      .sort(byTime)
      .map((raw) => {
        const line = toLogLine(raw);
        return `${line.at}\t${line.taskId ?? "-"}\t${line.text.replaceAll("\n", "\\n")}\n`;
      })
      .join("");
    if (text) yield text;
    count += page.lines.length;
    cursor = page.nextCursor;
  } while (cursor && count < agentLimits.logDownloadLinesMax);
  if (cursor) yield `# cut at ${agentLimits.logDownloadLinesMax} lines; choose a shorter time for the rest\n`;
}
