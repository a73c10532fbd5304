import { type Watched, watchAgents } from "@samla/core/agents";
import { keepImages } from "@samla/core/images";
import type { Context } from "aws-lambda";
import { createWatchContext } from "../runtime/agents.ts";

/** Each minute: what events may have missed, and what a crash left half done. */
export const handler = async (_: unknown, lambda: Context): Promise<Watched> => {
  const ctx = createWatchContext(lambda.awsRequestId);
  const [watched, kept] = await Promise.allSettled([watchAgents(ctx), keepImages(ctx)]);
  if (kept.status === "rejected") ctx.log("error", "images could not be kept", { error: String(kept.reason) });
  if (watched.status === "rejected") throw watched.reason;
  if (watched.value.tasks || watched.value.releases) ctx.log("info", "agents were watched", watched.value);
  return watched.value;
};
