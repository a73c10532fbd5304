import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { finished } from "node:stream";
import { forwardableHeaders } from "../elb/forward.ts";
import { GatewayProblem } from "./problem.ts";

/** Longest stream, and longest silence within one: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html */
const STREAM_TIMEOUT_MS = 15 * 60_000;
const STREAM_IDLE_MS = 5 * 60_000;

export type HttpAnswer = { statusCode: number; sizeBytes: number };

/**
 * Fills `{name}` of an integration's path; what came percent-encoded stays so, since a greedy parameter may hold slashes.
 * @throws GatewayProblem 400 for dot segments, which another server could resolve elsewhere
 */
export function fillPath(pattern: string, rawParameters: Record<string, string>): string {
  const path = pattern.replace(/\{(\w+)\+?\}/g, (_, name: string) => rawParameters[name] ?? "");
  const isDotted = path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part));
  if (isDotted) throw new GatewayProblem("BAD_REQUEST_PARAMETERS", "The path has dot segments.");
  return path;
}

/**
 * An `HTTP_PROXY` integration whose response transfer mode is STREAM: the request goes on with its headers, Authorization
 * too, the answer comes back piece by piece. Resolves when the answer has ended.
 * @throws GatewayProblem 502 or 504 while nothing of an answer was sent; later faults cut the connection
 */
export function integrateHttp(options: {
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  body: Buffer;
  requestId: string;
  /** CORS and the like, on top of the answer's own. */
  extraHeaders: Record<string, string>;
}): Promise<HttpAnswer> {
  const { req, res, url, body } = options;
  return new Promise((resolve, reject) => {
    const headers = forwardableHeaders(req.rawHeaders, req.headers.connection);
    const sent: string[] = [];
    for (let i = 0; i < headers.length; i += 2) {
      const [name = "", value = ""] = [headers[i], headers[i + 1]];
      if (!/^(host|content-length|expect|x-amzn-.*|x-forwarded-(for|proto|port))$/i.test(name)) sent.push(name, value);
    }
    sent.push(
      "Host",
      url.host,
      "X-Forwarded-For",
      req.socket.remoteAddress ?? "127.0.0.1",
      "X-Forwarded-Proto",
      "http",
    );
    sent.push("x-amzn-apigateway-api-id", "local", "X-Amzn-RequestId", options.requestId);
    if (body.length > 0 || req.headers["content-length"] !== undefined)
      sent.push("Content-Length", String(body.length));
    sent.push("Connection", "close");
    let sizeBytes = 0;
    const fail = (problem: GatewayProblem) => {
      clearTimeout(total);
      if (res.headersSent) res.destroy();
      reject(problem);
    };
    const outgoing = request(
      {
        host: url.hostname,
        port: url.port,
        path: url.pathname + url.search,
        method: req.method,
        agent: false,
        headers: sent,
        setDefaultHeaders: false,
      },
      (answer) => {
        const { statusCode = 502 } = answer;
        const kept = forwardableHeaders(answer.rawHeaders, answer.headers.connection);
        for (const [name, value] of Object.entries(options.extraHeaders)) kept.push(name, value);
        kept.push("x-amzn-requestid", options.requestId, "x-amz-apigw-id", options.requestId);
        res.writeHead(statusCode, kept);
        res.flushHeaders();
        answer.on("data", (chunk: Buffer) => {
          sizeBytes += chunk.length;
        });
        answer.pipe(res);
        finished(answer, (error) => {
          clearTimeout(total);
          // Half an answer must not look whole.
          if (error) res.destroy();
          resolve({ statusCode, sizeBytes });
        });
      },
    );
    const total = setTimeout(() => outgoing.destroy(new Error("timeout")), STREAM_TIMEOUT_MS);
    outgoing.setTimeout(STREAM_IDLE_MS, () => outgoing.destroy(new Error("timeout")));
    outgoing.on("error", (error) => {
      if (res.headersSent) return;
      const isTimeout = error.message === "timeout";
      fail(
        isTimeout
          ? new GatewayProblem("INTEGRATION_TIMEOUT", "What is behind this did not answer in time.")
          : new GatewayProblem("INTEGRATION_FAILURE", "What is behind this cannot be reached."),
      );
    });
    res.on("close", () => {
      clearTimeout(total);
      if (!res.writableFinished) outgoing.destroy();
      resolve({ statusCode: res.statusCode, sizeBytes });
    });
    outgoing.end(body);
  });
}
