import { readAddedEvents } from "@samla/aws/catalog/stream";
import { createConnections } from "@samla/aws/connections/api-gateway";
import type { EventMessage } from "@samla/contracts";
import { routeEvent } from "@samla/core/events";
import type { Context, DynamoDBStreamEvent } from "aws-lambda";
import { createSystemContext, getParts } from "../runtime/compose.ts";

const connections = createConnections(getParts().env.SAMLA_SOCKET_MANAGEMENT_URL);

/** The catalog's change stream: new timeline events go to every open connection that may see them. */
export const handler = async (event: DynamoDBStreamEvent, lambda: Context): Promise<void> => {
  const added = readAddedEvents(event.Records);
  if (added.length === 0) return;
  const ctx = createSystemContext(lambda.awsRequestId);
  await Promise.all(
    (await routeEvent(ctx, added)).map(async ({ connectionId, events }) => {
      for (const one of events) {
        const message: EventMessage = { type: "event", event: one };
        if (!(await connections.post(connectionId, JSON.stringify(message)))) {
          await ctx.catalog.deleteConnection(connectionId);
          return;
        }
      }
    }),
  );
};
