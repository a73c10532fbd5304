import { auditDueIndexes } from "@samla/core/care";
import type { Context } from "aws-lambda";
import { createSystemContext, getParts } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";

/** Share of its time that a run uses; the rest is for the step it is at. */
const sliceMs = 60_000;

/** Each two minutes: checks indexes that are due, one slice at a time. */
export const handler = async (_: unknown, lambda: Context): Promise<{ audited: string[] }> => {
  const ctx = await withEngineByWords(createSystemContext(lambda.awsRequestId));
  const audited = await auditDueIndexes({ ...ctx, graceMs: getParts().env.SAMLA_AUDIT_GRACE_MS }, ctx.now() + sliceMs);
  return { audited };
};
