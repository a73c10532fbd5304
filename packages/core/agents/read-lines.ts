import { agentLimits, type LogLevel, type LogLine, logLevels } from "@samla/contracts";
import type { RawLogLine } from "../kernel/index.ts";
import { taskIdOfStream } from "./context.ts";

const isLevel = (text: unknown): text is LogLevel => logLevels.includes(text as LogLevel);

/** A line of a log for people: a line of JSON gives its level and members, any other text is itself. */
export const toLogLine = (raw: RawLogLine): LogLine => {
  const taskId = taskIdOfStream(raw.stream);
  const text = raw.text.slice(0, agentLimits.logLineCharactersMax).replace(/\n$/, "");
  const line: LogLine = { id: raw.id, at: new Date(raw.atMs).toISOString(), text, ...(taskId ? { taskId } : {}) };
  if (!text.startsWith("{")) return line;
  try {
    const fields = JSON.parse(text) as unknown;
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return line;
    const { level } = fields as { level?: unknown };
    const named = typeof level === "string" ? level.toLowerCase() : undefined;
    return {
      ...line,
      fields: fields as NonNullable<LogLine["fields"]>,
      ...(isLevel(named) ? { level: named } : named === "warning" ? { level: "warn" as const } : {}),
    };
  } catch {
    return line;
  }
};
