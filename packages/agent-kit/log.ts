export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";
export type Log = {
  (level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /** The same log with fields on each line, such as a request's id. */
  with(fields: Record<string, unknown>): Log;
};

const textMax = 4_000;

/** Values that would make a line too long for a log store are cut. */
const bounded = (_key: string, value: unknown): unknown =>
  typeof value === "string" && value.length > textMax
    ? `${value.slice(0, textMax)}… (${value.length} characters)`
    : value;

/** One JSON line an entry on `write`. Tokens and texts of documents are never put in. */
export const createLog = (base: Record<string, unknown>, write: (line: string) => void): Log => {
  const log = (level: LogLevel, message: string, fields: Record<string, unknown> = {}): void =>
    write(`${JSON.stringify({ level, message, at: new Date().toISOString(), ...base, ...fields }, bounded)}\n`);
  return Object.assign(log, { with: (fields: Record<string, unknown>) => createLog({ ...base, ...fields }, write) });
};
