import type { HandlerContext } from "./handler.ts";
import type { EngineDeps } from "./run.ts";
import type { Stack } from "./store.ts";

/** What a handler gets to look at a resource: nothing changes, so nothing is announced or repeated. */
export const createReadingContext = (
  { call, identity }: EngineDeps,
  stack: Pick<Stack, "id" | "name" | "tags">,
  logicalId: string,
): HandlerContext => ({
  call,
  identity,
  stack: { id: stack.id, name: stack.name },
  logicalId,
  token: "",
  resumed: false,
  signal: AbortSignal.timeout(60_000),
  tags: stack.tags,
  announce: () => undefined,
});
