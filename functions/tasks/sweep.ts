import { sweep } from "@samla/core/documents";
import { wakeEvaluations } from "@samla/core/evaluations";
import { trimQueryLogs } from "@samla/core/queries";
import type { Context } from "aws-lambda";
import { createSystemContext, getParts } from "../runtime/compose.ts";

type Done = Awaited<ReturnType<typeof sweep>> & { woken: number; removed: number };

/** Each minute: what a crash left behind, abandoned uploads, documents and logged searches past their time. */
export const handler = async (_: unknown, lambda: Context): Promise<Done> => {
  const ctx = createSystemContext(lambda.awsRequestId);
  const swept = sweep(ctx, getParts().env.SAMLA_STALE_MS);
  const woken = wakeEvaluations(ctx);
  const trimmed = trimQueryLogs(ctx);
  // Each ends, whatever becomes of the others; what failed is tried again in a minute.
  await Promise.allSettled([swept, woken, trimmed]);
  const done: Done = { ...(await swept), woken: await woken, removed: (await trimmed).removed };
  if (Object.values(done).some(Boolean)) ctx.log("info", "swept", done);
  return done;
};
