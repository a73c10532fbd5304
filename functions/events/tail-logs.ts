import { StartTailMessage, type TailMessage, tailLimits } from "@samla/contracts";
import { splitBatch, tailLogs } from "@samla/core/agents";
import { isFailure } from "@samla/core/kernel";
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2, Context } from "aws-lambda";
import { createTailContext, getTailParts } from "../runtime/tail.ts";

const ok = { statusCode: 200, body: "" };

const parseStart = (text: string | undefined) => {
  try {
    return StartTailMessage.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
};

const wait = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));

/**
 * One turn of a live tail: reads the log each second and sends what is new to the connection that asked, until the tail
 * is stopped, the connection is gone, or the turn is over; then the browser asks for the next one, from the place it has
 * come to. So a tail outlives no connection, and nothing has to be handed from one run to the next.
 */
export const handler = async (
  event: APIGatewayProxyWebsocketEventV2,
  lambda: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
): Promise<APIGatewayProxyResultV2> => {
  const { connectionId } = event.requestContext;
  const start = parseStart(event.body);
  if (!start) return { statusCode: 400, body: "" };
  const { id, turn } = start;
  const { catalog, connections } = getTailParts();
  const holder = await catalog.findConnection(connectionId);
  if (!holder) return ok;
  const ctx = createTailContext(holder, lambda.awsRequestId);
  const endsAtMs = ctx.now() + Math.min(tailLimits.turnMs, lambda.getRemainingTimeInMillis() - 3_000);
  let isThere = true;
  const send = async (message: TailMessage): Promise<void> => {
    isThere = isThere && (await connections.post(connectionId, JSON.stringify(message)));
  };
  try {
    if (!holder.tails.has(id) && holder.tails.size >= tailLimits.tailsPerConnection) {
      const text = `One page follows at most ${tailLimits.tailsPerConnection} logs.`;
      await send({ type: "tail.end", id, turn, reason: "refused", text });
      return ok;
    }
    if (!(await catalog.startTail(connectionId, id, turn))) return ok;
    const isOurs = async () => isThere && (await catalog.findConnection(connectionId))?.tails.get(id) === turn;
    const goesOn = async () => ctx.now() < endsAtMs && (await isOurs());
    let isLive = false;
    for await (const { lines, skipped, isAtLeast, after } of tailLogs(ctx, { ...start, goesOn, wait })) {
      if (!isLive) await send({ type: "tail.live", id, turn, after });
      isLive = true;
      const parts = splitBatch(lines);
      if (parts.length === 0 && (skipped > 0 || isAtLeast)) parts.push([]);
      for (const [n, part] of parts.entries())
        await send({
          type: "tail.lines",
          id,
          turn,
          lines: part,
          skipped: n === 0 ? skipped : 0,
          isAtLeast: n === 0 && isAtLeast,
          after,
        });
    }
    if (await isOurs()) await send({ type: "tail.end", id, turn, reason: "turn" });
  } catch (error) {
    const isFinal = isFailure(error) && (error.code === "forbidden" || error.code === "invalid_request");
    if (!isFinal) ctx.log("error", "a live tail failed", { agent: start.agent, error: String(error) });
    const text = isFailure(error) ? error.message : "The log does not answer.";
    await send({ type: "tail.end", id, turn, reason: isFinal ? "refused" : "failed", text });
    if (isFinal) await catalog.stopTail(connectionId, id);
  }
  return ok;
};
