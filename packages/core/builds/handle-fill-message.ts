import type { FillMessage } from "../kernel/index.ts";
import { mirrorBuild } from "./mirror-build.ts";
import { type PrepareContext, prepareDocument } from "./prepare-document.ts";
import { walkBuild } from "./walk.ts";

/** What a worker does with a message of the `fill` queue. Throws on trouble of ours, so that the queue tries again. */
export const handleFillMessage = (ctx: PrepareContext, message: FillMessage, lastAttempt: boolean): Promise<void> => {
  if (message.kind === "walk") return walkBuild(ctx, message);
  if (message.kind === "mirror") return mirrorBuild(ctx, message);
  return prepareDocument(ctx, { ...message, lastAttempt });
};
