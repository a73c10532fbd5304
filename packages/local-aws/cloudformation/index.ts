import path from "node:path";
import type { EmitEvent } from "../kernel/container-ports.ts";
import type { CallOperation } from "../kernel/operations.ts";
import { createQueryService } from "../kernel/query-protocol.ts";
import type { Identity, Service } from "../kernel/types.ts";
import { createChangeSetOperations, planSet } from "./change-set-operations.ts";
import { createDriftOperations } from "./drift.ts";
import { createEngine } from "./engine.ts";
import { createEventLog } from "./event-log.ts";
import type { Handlers } from "./model.ts";
import { createReadOperations } from "./read-operations.ts";
import type { ServiceContext } from "./service-context.ts";
import { createStackOperations } from "./stack-operations.ts";
import { StackStore } from "./store.ts";
import { resourceHandlers } from "./types/index.ts";

export type CloudFormation = {
  service: Service;
  /** Goes on with what the end of the process interrupted; call it once the services it changes are there. */
  resume(): void;
};

/**
 * CloudFormation (scope `cloudformation`, query protocol): change sets, stacks with events and rollback, drift. State
 * lies in `cloudformation.sqlite` below `dir`; operations go on after kill -9.
 */
export function createCloudFormation(options: {
  dir: string;
  identity: Identity;
  call: CallOperation;
  emit: EmitEvent;
  handlers?: Handlers;
}): CloudFormation {
  const { identity, call, emit, handlers = resourceHandlers } = options;
  const store = new StackStore(path.join(options.dir, "cloudformation.sqlite"));
  const deps = { store, identity, call, handlers, log: createEventLog(store, emit) };
  const engine = createEngine(deps);
  const context: ServiceContext = { ...deps, engine };
  const service = createQueryService({
    name: "CloudFormation",
    scopes: ["cloudformation"],
    xmlNamespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    operations: {
      ...createChangeSetOperations(context),
      ...createStackOperations(context),
      ...createReadOperations(context),
      ...createDriftOperations(context, emit),
    },
    async close() {
      await engine.close();
      store.close();
    },
  });
  return {
    service,
    resume() {
      engine.resume();
      for (const stack of store.listStacks({ deleted: false }))
        for (const set of store.listChangeSets(stack.id))
          if (set.status === "CREATE_PENDING") void planSet(context, set);
    },
  };
}
