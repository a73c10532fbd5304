import { createHash } from "node:crypto";

/** The same for questions that differ only in case and space: an index asks each once. */
export const questionKeyOf = (text: string): string =>
  createHash("sha256")
    .update(text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim())
    .digest("base64url")
    .slice(0, 22);
