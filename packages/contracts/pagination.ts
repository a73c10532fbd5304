import { z } from "zod";
import { limits } from "./limits.ts";

/** ISO 8601 in UTC with milliseconds. */
export const Timestamp = z.iso.datetime();

/** Query parameters of every list. A cursor is opaque and bound to its list, filter and order. */
export const cursorQuery = {
  cursor: z.string().max(2048).optional(),
  limit: z.coerce.number("use a whole number").int().min(1).max(limits.pageSizeMax).default(limits.pageSizeDefault),
};

/** One page of a list; no `nextCursor` means the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });
