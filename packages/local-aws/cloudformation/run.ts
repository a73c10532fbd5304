import type { CallOperation } from "../kernel/operations.ts";
import type { Identity } from "../kernel/types.ts";
import type { EventLog } from "./event-log.ts";
import type { HandlerContext, ResourceHandler } from "./handler.ts";
import { createModel, type Handlers, type Model } from "./model.ts";
import type { ResourceValues } from "./parameters.ts";
import type { Operation, Stack, StackStore, Target } from "./store.ts";

export type EngineDeps = {
  store: StackStore;
  log: EventLog;
  identity: Identity;
  call: CallOperation;
  handlers: Handlers;
};

/** One stack while it works. */
export type Run = EngineDeps & {
  stack: Stack;
  operation: Operation;
  /** Aborted when a resource has failed or someone cancelled: what is under way ends. */
  cancel: AbortController;
  /** Aborted when the stand-in ends: nothing more is written. */
  closing: AbortSignal;
};

/** Thrown through a run when the stand-in ends; the work goes on at its next start. */
export class ClosingError extends Error {}

/** What resources of the stack answer to `Ref` and `Fn::GetAtt` now. */
export const currentValues = ({ store, stack }: Run): ResourceValues => ({
  physicalId: (id) => store.findResource(stack.id, id)?.physicalId,
  attribute: (id, name) => store.findResource(stack.id, id)?.attributes[name],
});

export const modelOf = (run: Run, target: Pick<Target, "template" | "parameters">): Model =>
  createModel({ target, identity: run.identity, stack: run.stack, resources: currentValues(run) });

export function handlerOf(run: EngineDeps, type: string): ResourceHandler {
  const handler = run.handlers[type];
  if (!handler) throw new Error(`the stand-in has no handler for ${type}`);
  return handler;
}

export function createContext(
  run: Run,
  action: { logicalId: string; token: string; resumed: boolean; signal: AbortSignal; announce?(id: string): void },
): HandlerContext {
  const { call, identity, stack, operation } = run;
  return {
    call,
    identity,
    stack: { id: stack.id, name: stack.name },
    tags: operation.phase === "rollback" ? stack.tags : operation.target.tags,
    announce: () => undefined,
    ...action,
  };
}

/**
 * Does `work` for each id once all ids that it waits for are done, side by side. Stops beginning new ones when one
 * throws; answers when all that began have ended. @throws the first error
 */
export async function runInOrder(
  ids: readonly string[],
  waitsFor: (id: string) => readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> {
  const wanted = new Set(ids);
  const left = new Map(ids.map((id) => [id, new Set(waitsFor(id).filter((other) => wanted.has(other)))]));
  const active = new Map<string, Promise<void>>();
  let failure: { error: unknown } | undefined;
  while (left.size > 0 || active.size > 0) {
    if (!failure)
      for (const [id, after] of left) {
        if (after.size > 0) continue;
        left.delete(id);
        const task = work(id)
          .then(
            () => {
              for (const others of left.values()) others.delete(id);
            },
            (error: unknown) => {
              failure ??= { error };
            },
          )
          .finally(() => active.delete(id));
        active.set(id, task);
      }
    if (active.size === 0) break;
    await Promise.race(active.values());
  }
  if (failure) throw failure.error;
}
