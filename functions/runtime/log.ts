import type { Log } from "@samla/core/kernel";

/** One JSON line an entry, as CloudWatch Logs reads them. Values of documents and tokens are never put in. */
export const createLog =
  (base: Record<string, unknown>): Log =>
  (level, message, fields = {}) => {
    process.stdout.write(`${JSON.stringify({ level, message, at: new Date().toISOString(), ...base, ...fields })}\n`);
  };
