import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../kernel/body.ts";
import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import { answerJson, answerJsonError } from "../kernel/json-protocol.ts";
import { type Credentials, sha256Hex, verifySignature } from "../kernel/sigv4.ts";
import type { AwsCall } from "../kernel/types.ts";
import { MESSAGE_LIMIT_BYTES, type WebSocketApi } from "./web-socket-api.ts";

const gone = (): AwsError => new AwsError("GoneException", "The connection is gone.", { statusCode: 410 });

/** PostToConnection, GetConnection and DeleteConnection of one API; signed for the scope `execute-api`. */
export async function handleManagement(
  api: WebSocketApi,
  credentials: readonly Credentials[],
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  connectionId: string,
): Promise<void> {
  const requestId = randomUUID();
  const call: AwsCall = {
    req,
    res,
    url,
    scope: "execute-api",
    operation: undefined,
    requestId,
    body: Buffer.alloc(0),
    verified: undefined,
  };
  res.setHeader("x-amzn-requestid", requestId);
  try {
    // Room for the error: one byte too many is told apart from a body without end.
    call.body = await readBody(req, 4 * MESSAGE_LIMIT_BYTES);
    const bodySha256 = sha256Hex(call.body);
    const signed = { method: req.method ?? "GET", rawUrl: req.url ?? "/", headers: req.headers };
    const verified = verifySignature(signed, credentials, { bodySha256 });
    if (verified.service !== "execute-api")
      throw new AwsError(
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'execute-api'.",
        {
          statusCode: 403,
        },
      );
    if (verified.payloadHash !== bodySha256 && verified.payloadHash !== "UNSIGNED-PAYLOAD")
      throw new AwsError("InvalidSignatureException", "The body does not match x-amz-content-sha256.", {
        statusCode: 403,
      });
    await answer(api, call, connectionId);
  } catch (error) {
    req.resume();
    answerJsonError(call, "rest", error);
  }
}

async function answer(api: WebSocketApi, call: AwsCall, id: string): Promise<void> {
  const connection = api.find(id);
  switch (call.req.method) {
    case "POST": {
      if (call.body.length > MESSAGE_LIMIT_BYTES)
        throw new AwsError("PayloadTooLargeException", `A message may have ${MESSAGE_LIMIT_BYTES} bytes.`, {
          statusCode: 413,
        });
      const isSent = await api.push(id, isUtf8(call.body) ? call.body.toString("utf8") : call.body);
      if (!isSent) throw gone();
      answerJson(call, "rest", undefined);
      return;
    }
    case "GET":
      if (!connection) throw gone();
      answerJson(call, "rest", {
        connectedAt: new Date(connection.connectedMs).toISOString(),
        lastActiveAt: new Date(connection.lastActiveMs).toISOString(),
        identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
      });
      return;
    case "DELETE":
      if (!connection) throw gone();
      connection.socket.close(1000, "Connection closed by server");
      call.res.writeHead(204).end();
      return;
    default:
      throw createNotImplementedError("ApiGatewayManagementApi", `${call.req.method} @connections`);
  }
}
