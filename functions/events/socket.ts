import { StopTailMessage } from "@samla/contracts";
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import { createSystemContext } from "../runtime/compose.ts";

type ConnectEvent = APIGatewayProxyWebsocketEventV2 & { queryStringParameters?: Record<string, string | undefined> };

const connectionHours = 12;

const parseJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    return undefined;
  }
};

/** The live timeline's door: a one-time ticket opens it; a ping keeps it open. Whoever tails a log ends that here. */
export const handler = async (event: ConnectEvent): Promise<APIGatewayProxyResultV2> => {
  const { routeKey, connectionId, requestId } = event.requestContext;
  const ctx = createSystemContext(requestId);
  const seconds = Math.floor(ctx.now() / 1000);
  if (routeKey === "$disconnect") await ctx.catalog.deleteConnection(connectionId);
  if (routeKey === "$connect") {
    const ticket = event.queryStringParameters?.ticket ?? "";
    const holder = /^tkt_[0-9A-Za-z]{26,80}$/.test(ticket) ? await ctx.catalog.takeTicket(ticket, seconds) : undefined;
    if (!holder) return { statusCode: 403, body: "the ticket is unknown, used or expired" };
    await ctx.catalog.putConnection(
      connectionId,
      { id: holder.id, roles: holder.roles, groups: holder.groups },
      seconds + connectionHours * 3600,
    );
  }
  if (routeKey === "tail.stop") {
    const stop = StopTailMessage.safeParse(parseJson(event.body));
    if (stop.success) await ctx.catalog.stopTail(connectionId, stop.data.id);
  }
  return { statusCode: 200, body: routeKey === "ping" ? JSON.stringify({ type: "pong" }) : "" };
};
