import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MetricPort } from "../kernel/container-ports.ts";
import { matchesConditions } from "./actions.ts";
import { forwardableHeaders, forwardRequest, type Outcome } from "./forward.ts";
import { type Action, type Balancer, type ElbState, fullNameOf, type Listener, type TargetGroup } from "./state.ts";
import type { Target, Targets } from "./targets.ts";

/** What a balancer answers by itself, worded as an Application Load Balancer words it. */
const OWN_ANSWERS = {
  400: "400 Bad Request",
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
} as const;

/** May be sent to another target even when the first died after it was sent: they change nothing. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export type DataPlaneDeps = { state: ElbState; targets: Targets; metrics: MetricPort };

function answerOwn(res: ServerResponse, statusCode: keyof typeof OWN_ANSWERS): void {
  if (res.headersSent) return void res.destroy();
  const text = OWN_ANSWERS[statusCode];
  const body = `<html>\r\n<head><title>${text}</title></head>\r\n<body>\r\n<center><h1>${text}</h1></center>\r\n</body>\r\n</html>\r\n`;
  const headers = { server: "awselb/2.0", "content-type": "text/html", "content-length": body.length };
  res.writeHead(statusCode, headers).end(body);
}

function chooseGroup(state: ElbState, action: Extract<Action, { type: "forward" }>): TargetGroup | undefined {
  const total = action.groups.reduce((sum, { weight }) => sum + weight, 0);
  let at = Math.random() * total;
  const chosen = action.groups.find(({ weight }) => {
    at -= weight;
    return at < 0;
  });
  return chosen && state.find("group", chosen.arn);
}

/** Host, path and connection facts for the target, as a balancer adds them. */
function buildHeaders(req: IncomingMessage, listener: Listener): string[] {
  const headers = forwardableHeaders(req.rawHeaders, req.headers.connection);
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name = "", value = ""] = [headers[i], headers[i + 1]];
    if (!/^x-forwarded-(for|proto|port)$/i.test(name)) kept.push(name, value);
  }
  const from = req.socket.remoteAddress ?? "127.0.0.1";
  const before = req.headers["x-forwarded-for"];
  kept.push("X-Forwarded-For", before === undefined ? from : `${before}, ${from}`);
  kept.push("X-Forwarded-Proto", "http", "X-Forwarded-Port", String(listener.port));
  if (req.headers["x-amzn-trace-id"] === undefined) {
    const seconds = Math.floor(Date.now() / 1000).toString(16);
    kept.push("X-Amzn-Trace-Id", `Root=1-${seconds}-${randomBytes(12).toString("hex")}`);
  }
  if (req.headers["transfer-encoding"] !== undefined) kept.push("Transfer-Encoding", "chunked");
  kept.push("Connection", "close");
  return kept;
}

/** Serves one request of a listener; `path` with its query is what the target sees. */
export async function serveRequest(
  deps: DataPlaneDeps,
  listener: Listener,
  balancer: Balancer,
  { req, res, path }: { req: IncomingMessage; res: ServerResponse; path: string },
): Promise<void> {
  const { state } = deps;
  const facts = { path: path.split("?")[0] ?? "/", host: req.headers.host ?? "", method: req.method ?? "GET" };
  const rule = state.rulesOf(listener.arn).find(({ conditions }) => matchesConditions(conditions, facts));
  const action = rule?.action ?? listener.defaultAction;
  if (action.type === "fixed-response") {
    req.resume();
    const headers = { server: "awselb/2.0", "content-type": `${action.contentType}; charset=utf-8` };
    res.writeHead(action.statusCode, { ...headers, "content-length": Buffer.byteLength(action.body) }).end(action.body);
    return;
  }
  const group = chooseGroup(state, action);
  const note = createNotes(deps.metrics, balancer, group);
  note("RequestCount", 1);
  const candidates = group ? deps.targets.pick(group) : [];
  if (group && candidates.length > 0) notePerTarget(deps.metrics, group, candidates.length);
  if (!group || candidates.length === 0) {
    req.resume();
    note("HTTPCode_ELB_503_Count", 1);
    note("HTTPCode_ELB_5XX_Count", 1);
    return answerOwn(res, 503);
  }
  const idleMs = Number(balancer.attributes["idle_timeout.timeout_seconds"] ?? 60) * 1000;
  const hasBody = req.headers["content-length"] !== undefined || req.headers["transfer-encoding"] !== undefined;
  const headers = buildHeaders(req, listener);
  let outcome: Outcome = { kind: "refused" };
  for (const target of candidates) {
    // It may have become unfit while another was tried.
    if (target.state !== "healthy") continue;
    outcome = await tryTarget(deps.targets, target, { req, res, path, headers, hasBody, idleMs });
    if (outcome.kind === "refused") note("TargetConnectionErrorCount", 1);
    const isRetryable = outcome.kind === "lost" && !hasBody && SAFE_METHODS.has(facts.method);
    if (outcome.kind !== "refused" && !isRetryable) break;
  }
  if (outcome.kind === "answered") {
    note("TargetResponseTime", outcome.firstByteMs / 1000, "Seconds");
    note(`HTTPCode_Target_${Math.floor(outcome.statusCode / 100)}XX_Count`, 1);
    return;
  }
  if (outcome.kind === "left") return;
  const statusCode = outcome.kind === "timeout" ? 504 : 502;
  note(`HTTPCode_ELB_${statusCode}_Count`, 1);
  note("HTTPCode_ELB_5XX_Count", 1);
  req.resume();
  // What was not read of the body would be taken for the next request.
  if (hasBody && !res.headersSent) res.setHeader("connection", "close");
  answerOwn(res, statusCode);
}

async function tryTarget(
  targets: Targets,
  target: Target,
  options: Omit<Parameters<typeof forwardRequest>[0], "target">,
): Promise<Outcome> {
  const end = targets.begin(target);
  try {
    return await forwardRequest({ ...options, target });
  } finally {
    end();
  }
}

/** Each value for the balancer alone and for balancer and group, as CloudWatch has them. */
function createNotes(metrics: MetricPort, balancer: Balancer, group: TargetGroup | undefined) {
  const LoadBalancer = fullNameOf(balancer.arn);
  const both = group && { LoadBalancer, TargetGroup: fullNameOf(group.arn) };
  return (name: string, value: number, unit = "Count") => {
    const common = { namespace: "AWS/ApplicationELB", name, value, unit, atMs: Date.now() };
    metrics.put({ ...common, dimensions: { LoadBalancer } });
    if (both) metrics.put({ ...common, dimensions: both });
  };
}

/** Its sum over a period is the mean of requests a target got. */
function notePerTarget(metrics: MetricPort, group: TargetGroup, targetCount: number): void {
  metrics.put({
    namespace: "AWS/ApplicationELB",
    name: "RequestCountPerTarget",
    dimensions: { TargetGroup: fullNameOf(group.arn) },
    value: 1 / targetCount,
    unit: "Count",
    atMs: Date.now(),
  });
}
