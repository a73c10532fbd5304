import { z } from "zod";
import { errorCodes } from "./plain/errors.ts";

export * from "./plain/errors.ts";

/** Problem details (RFC 9457) with our members: `code`, `requestId`, `nextStep`, `errors`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(errorCodes),
  detail: z.string(),
  nextStep: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
