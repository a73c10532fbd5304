import { sweep } from "@samla/core/documents";
import type { Context } from "aws-lambda";
import { createSystemContext } from "../runtime/compose.ts";

/** Each minute: what a crash left behind, abandoned uploads, documents past their time to undo. */
export const handler = async (_: unknown, lambda: Context): Promise<Awaited<ReturnType<typeof sweep>>> => {
  const ctx = createSystemContext(lambda.awsRequestId);
  const done = await sweep(ctx);
  if (Object.values(done).some(Boolean)) ctx.log("info", "swept", done);
  return done;
};
