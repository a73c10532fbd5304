import { randomUUID } from "node:crypto";
import type { EmitEvent } from "../kernel/container-ports.ts";
import type { Stack, StackEvent, StackResource, StackStore } from "./store.ts";

/** Writes what happens to stacks and resources: their rows, stack events, and events on the default bus. */
export type EventLog = {
  setStackStatus(stack: Stack, status: string, reason?: string): void;
  /** Saves the resource with its new status. `properties` tells that the event shows them. */
  setResourceStatus(stack: Stack, resource: StackResource, status: string, reason?: string): void;
  /** An event of something that is no longer a resource of the stack, as in a cleanup. */
  tellResource(
    stack: Stack,
    resource: Pick<StackResource, "logicalId" | "physicalId" | "type"> & { properties?: StackResource["properties"] },
    status: string,
    reason?: string,
  ): void;
};

/**
 * Shapes of the events on the bus:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/eventbridge-events.html
 */
export function createEventLog(store: StackStore, emit: EmitEvent): EventLog {
  const append = (stack: Stack, event: Omit<StackEvent, "stackId" | "stackName" | "atMs" | "clientToken">): void => {
    store.appendEvent({
      ...event,
      stackId: stack.id,
      stackName: stack.name,
      atMs: Date.now(),
      clientToken: stack.operation?.clientToken ?? stack.clientToken,
    });
  };
  const details = (stack: Stack, status: string, reason: string) => ({
    "stack-id": stack.id,
    "status-details": { status, "status-reason": reason },
    "client-request-token": stack.operation?.clientToken ?? stack.clientToken,
  });
  const log: EventLog = {
    setStackStatus(stack, status, reason = "") {
      stack.status = status;
      stack.statusReason = reason;
      store.db.transaction(() => {
        store.saveStack(stack);
        append(stack, {
          eventId: randomUUID(),
          logicalId: stack.name,
          physicalId: stack.id,
          type: "AWS::CloudFormation::Stack",
          status,
          statusReason: reason,
        });
      });
      emit({
        source: "aws.cloudformation",
        detailType: "CloudFormation Stack Status Change",
        resources: [stack.id],
        detail: details(stack, status, reason),
      });
    },
    setResourceStatus(stack, resource, status, reason = "") {
      resource.status = status;
      resource.statusReason = reason;
      resource.updatedMs = Date.now();
      store.db.transaction(() => {
        store.saveResource(stack.id, resource);
        log.tellResource(stack, resource, status, reason);
      });
    },
    tellResource(stack, resource, status, reason = "") {
      append(stack, {
        eventId: `${resource.logicalId}-${status}-${new Date().toISOString()}`,
        logicalId: resource.logicalId,
        physicalId: resource.physicalId,
        type: resource.type,
        status,
        statusReason: reason,
        ...(resource.properties && { properties: resource.properties }),
      });
      emit({
        source: "aws.cloudformation",
        detailType: "CloudFormation Resource Status Change",
        resources: [stack.id],
        detail: {
          ...details(stack, status, reason),
          "logical-resource-id": resource.logicalId,
          "physical-resource-id": resource.physicalId,
          "resource-type": resource.type,
        },
      });
    },
  };
  return log;
}
