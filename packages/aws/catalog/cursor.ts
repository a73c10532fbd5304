import { createHash } from "node:crypto";
import { Failure } from "@samla/core/kernel";

const fingerprintOf = (scope: unknown): string =>
  createHash("sha256").update(JSON.stringify(scope)).digest("base64url").slice(0, 12);

/** An opaque cursor, bound to its list by a fingerprint of the filter and order. */
export const encodeCursor = (scope: unknown, position: unknown): string =>
  Buffer.from(JSON.stringify([fingerprintOf(scope), position])).toString("base64url");

/** The position in a cursor of the same list. Throws `invalid_cursor` for anything else. */
export const decodeCursor = (scope: unknown, cursor: string | undefined): unknown => {
  if (cursor === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parsed) && parsed.length === 2 && parsed[0] === fingerprintOf(scope)) return parsed[1];
  } catch {
    // Not ours: refused below.
  }
  throw new Failure("invalid_cursor", "This page cursor belongs to another list or was changed.", {
    nextStep: "Begin again at the first page.",
  });
};

/** A position that is a DynamoDB key of short strings; a forged one is refused before it reaches the table. */
export const keyPosition = (position: unknown): Record<string, string> | undefined => {
  if (position === undefined) return undefined;
  if (
    typeof position === "object" &&
    position !== null &&
    !Array.isArray(position) &&
    Object.values(position).every((value) => typeof value === "string")
  )
    return position as Record<string, string>;
  throw new Failure("invalid_cursor", "This page cursor was changed.", { nextStep: "Begin again at the first page." });
};
