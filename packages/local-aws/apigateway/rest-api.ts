import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RestApiConfig } from "../config.ts";
import { readBody } from "../kernel/body.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Database } from "../kernel/sqlite.ts";
import type { Identity, InvokePort } from "../kernel/types.ts";
import type { LogSink } from "../logs/store.ts";
import { type Authorization, Authorizer } from "./authorizer.ts";
import { buildCorsHeaders, buildPreflightHeaders } from "./cors.ts";
import { fillPath, type HttpAnswer, integrateHttp } from "./http-integration.ts";
import { createThrottleProblem, encodeProblem, GatewayProblem } from "./problem.ts";
import { buildBody, buildRequestEvent, type GatewayRequest, type RouteContext } from "./proxy-event.ts";
import { readProxyResponse } from "./proxy-response.ts";
import { type CachedResponse, ResponseCache } from "./response-cache.ts";
import { prepareRoute, type RestRoute } from "./rest-route.ts";
import { Router } from "./router.ts";
import { TokenBucket } from "./token-bucket.ts";
import { type ApiKey, UsagePlans } from "./usage-plans.ts";

export type RestApiDeps = { identity: Identity; invoke: InvokePort; logs: LogSink; db: Database };

const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

/** What the access log tells of a request, filled in on the way. */
type Trace = {
  route: RestRoute | undefined;
  authorization: Authorization | undefined;
  apiKey: ApiKey | undefined;
  cache: "hit" | "miss" | "none";
  error: string | undefined;
  integrationMs: number | undefined;
};

/** One REST API on one stage: routing, throttles, authorizers, keys, validation, cache, integrations, access log. */
export class RestApi {
  readonly config: RestApiConfig;
  readonly cache: ResponseCache;
  readonly plans: UsagePlans;
  readonly #deps: RestApiDeps;
  readonly #router = new Router<RestRoute>();
  readonly #stageBucket: TokenBucket;
  readonly #logStream = `access-${randomUUID()}`;

  constructor(config: RestApiConfig, deps: RestApiDeps) {
    this.config = config;
    this.#deps = deps;
    this.cache = new ResponseCache(config.cacheSizeBytes);
    this.plans = new UsagePlans(config.name, config.usagePlans, deps.db);
    this.#stageBucket = new TokenBucket(config.throttle);
    const authorizers = new Map(config.authorizers.map((entry) => [entry.name, new Authorizer(entry, deps.invoke)]));
    for (const route of config.routes)
      this.#router.add(route.method, route.path, prepareRoute(config, route, authorizers));
  }

  /** Serves one request; `path` is what follows the stage. */
  async handle(req: IncomingMessage, res: ServerResponse, url: URL, path: string): Promise<void> {
    const request: GatewayRequest = {
      req,
      url,
      method: req.method ?? "GET",
      path,
      requestId: randomUUID(),
      startedMs: Date.now(),
      sourceIp: req.socket.remoteAddress ?? "127.0.0.1",
    };
    const trace: Trace = {
      route: undefined,
      authorization: undefined,
      apiKey: undefined,
      cache: "none",
      error: undefined,
      integrationMs: undefined,
    };
    let response: CachedResponse;
    try {
      const given = await this.#respond(request, res, trace);
      if ("sizeBytes" in given) {
        this.#log(request, trace, given.statusCode, given.sizeBytes);
        return;
      }
      response = given;
    } catch (error) {
      // The caller hung up while sending: there is nobody to answer.
      if (req.destroyed && !req.complete) return;
      response = this.#encodeFailure(request, trace, error);
    }
    this.#send(request, res, response);
    this.#log(request, trace, response.statusCode, response.body.length);
  }

  async #respond(request: GatewayRequest, res: ServerResponse, trace: Trace): Promise<CachedResponse | HttpAnswer> {
    const { req, method, url, path } = request;
    const { cors } = this.config;
    const match = this.#router.find(method, path);
    const isPreflight = method === "OPTIONS" && req.headers["access-control-request-method"] !== undefined;
    // A resource with ANY has preflights of its own all the same.
    const hasPreflight = match.kind === "method" || (match.kind === "found" && match.value.config.method === "ANY");
    if (match.kind !== "found" || (cors && isPreflight && hasPreflight)) {
      if (cors && isPreflight && hasPreflight)
        return { statusCode: 204, headers: buildPreflightHeaders(cors, req), body: Buffer.alloc(0) };
      throw new GatewayProblem("RESOURCE_NOT_FOUND", `There is no ${method} ${path} in this API.`);
    }
    const route = match.value;
    trace.route = route;
    const waitSeconds = this.#stageBucket.take() || (route.bucket?.take() ?? 0);
    if (waitSeconds > 0) throw createThrottleProblem("THROTTLED", waitSeconds);

    const context: RouteContext = {
      apiId: this.config.name,
      stage: this.config.stage,
      identity: this.#deps.identity,
      resourcePath: route.config.path,
      pathParameters: decodeParameters(match.pathParameters),
    };
    const header = (name: string): string | undefined => {
      const value = req.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(", ") : value;
    };
    const { region, accountId } = this.#deps.identity;
    const methodArn = `arn:aws:execute-api:${region}:${accountId}:${this.config.name}/${this.config.stage}/${method}${path}`;
    if (route.authorizer) {
      const buildEvent = () => buildRequestEvent(request, context);
      const authorization = await route.authorizer.authorize({ methodArn, header, buildEvent });
      trace.authorization = authorization;
      if (!authorization.isAllowed) throw new GatewayProblem("ACCESS_DENIED", "You are not allowed to do this.");
    }
    if (route.config.apiKeyRequired)
      trace.apiKey =
        this.config.apiKeySource === "AUTHORIZER"
          ? this.plans.use(trace.authorization?.usageIdentifierKey, "The authorizer named no API key.")
          : this.plans.use(header("x-api-key"));

    const body = await this.#readRequestBody(req);
    route.validate?.({ query: url.searchParams, header, body });

    if (route.config.http) return this.#integrateHttp(request, res, match.pathParameters, route.config.http.path, body);

    const cacheKey = this.#buildCacheKey(request, route);
    if (cacheKey !== undefined) {
      // Whoever may call the method may also refresh its entry, as in API Gateway without required authorization.
      const isRefresh = /(^|[\s,])max-age=0\b/.test(req.headers["cache-control"] ?? "");
      const known = isRefresh ? undefined : this.cache.get(cacheKey);
      trace.cache = known ? "hit" : "miss";
      if (known) return known;
    }
    const response = await this.#integrate(request, route, context, body, trace);
    if (cacheKey !== undefined && response.statusCode === 200)
      this.cache.set(cacheKey, response, route.config.cache?.ttlSeconds ?? 0);
    return response;
  }

  #integrateHttp(
    { req, url, requestId }: GatewayRequest,
    res: ServerResponse,
    rawParameters: Record<string, string>,
    pattern: string,
    body: Buffer,
  ): Promise<HttpAnswer> {
    const target = new URL(fillPath(pattern, rawParameters) + url.search, url.origin);
    const extraHeaders = buildCorsHeaders(this.config.cors, req);
    return integrateHttp({ req, res, url: target, body, requestId, extraHeaders });
  }

  async #readRequestBody(req: IncomingMessage): Promise<Buffer> {
    const limitBytes = this.config.maxBodyBytes ?? BODY_LIMIT_BYTES;
    const refuse = () =>
      new GatewayProblem("REQUEST_TOO_LARGE", `The request body is larger than ${limitBytes} bytes.`);
    if (Number(req.headers["content-length"] ?? 0) > limitBytes) throw refuse();
    if (req.headers["content-length"] === undefined && req.headers["transfer-encoding"] === undefined)
      return Buffer.alloc(0);
    try {
      return await readBody(req, limitBytes);
    } catch (error) {
      if (error instanceof AwsError && error.statusCode === 413) throw refuse();
      throw error;
    }
  }

  #buildCacheKey({ method, req, url, path }: GatewayRequest, route: RestRoute): string | undefined {
    const { cache } = route.config;
    if (!cache || method !== "GET") return undefined;
    return JSON.stringify([
      path,
      cache.keyQuery.map((name) => url.searchParams.getAll(name)),
      cache.keyHeaders.map((name) => req.headers[name.toLowerCase()] ?? null),
    ]);
  }

  async #integrate(
    request: GatewayRequest,
    route: RestRoute,
    context: RouteContext,
    body: Buffer,
    trace: Trace,
  ): Promise<CachedResponse> {
    const { mock } = route.config;
    if (mock) {
      const headers: Record<string, string> = {
        "content-type": "application/json",
        ...buildCorsHeaders(this.config.cors, request.req),
      };
      for (const [name, value] of Object.entries(mock.headers)) headers[name.toLowerCase()] = value;
      const { apiId, stage, pathParameters } = context;
      const { requestId, method: httpMethod, sourceIp, req, url } = request;
      const body = route.mockBody?.({
        req,
        query: url.searchParams,
        pathParameters,
        context: { requestId, stage, apiId, httpMethod, path: `/${stage}${request.path}`, sourceIp },
      });
      return { statusCode: mock.statusCode, headers, body: Buffer.from(body ?? "") };
    }
    const startedMs = performance.now();
    const event = buildRequestEvent(request, context);
    const requestContext = event.requestContext as Record<string, unknown> & { identity: Record<string, unknown> };
    const { authorization, apiKey } = trace;
    if (authorization)
      requestContext.authorizer = {
        ...authorization.context,
        principalId: authorization.principalId,
        integrationLatency: 0,
      };
    if (apiKey) {
      requestContext.identity.apiKey =
        this.config.apiKeySource === "AUTHORIZER"
          ? authorization?.usageIdentifierKey
          : request.req.headers["x-api-key"];
      requestContext.identity.apiKeyId = apiKey.id;
    }
    Object.assign(event, buildBody(body, request.req.headers["content-type"]));
    try {
      const result = await this.#invokeInTime(route, Buffer.from(JSON.stringify(event)));
      if (result.functionError)
        throw new GatewayProblem("INTEGRATION_FAILURE", "The function behind this failed; its log tells why.");
      return readProxyResponse(result.payload);
    } finally {
      trace.integrationMs = Math.round(performance.now() - startedMs);
    }
  }

  async #invokeInTime(route: RestRoute, payload: Buffer) {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new GatewayProblem("INTEGRATION_TIMEOUT", `No answer within ${route.timeoutMs / 1000} s.`)),
      route.timeoutMs,
    );
    try {
      return await Promise.race([
        this.#deps.invoke.invoke(route.config.function ?? "", payload, "requestResponse"),
        timeout.promise,
      ]);
    } catch (error) {
      if (error instanceof AwsError && error.code === "TooManyRequestsException")
        throw createThrottleProblem("THROTTLED", 1);
      if (error instanceof AwsError && error.code === "ResourceNotFoundException")
        throw new GatewayProblem("API_CONFIGURATION_ERROR", `The function ${route.config.function} does not exist.`);
      if (error instanceof AwsError && error.code === "RequestTooLargeException")
        throw new GatewayProblem("REQUEST_TOO_LARGE", "The request does not fit the 6 MB a function accepts.");
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #encodeFailure({ req, requestId, path }: GatewayRequest, trace: Trace, error: unknown): CachedResponse {
    let problem: GatewayProblem;
    if (error instanceof GatewayProblem) problem = error;
    else {
      console.error(`API ${this.config.name}, ${req.method} ${path}:`, error);
      problem = new GatewayProblem("API_CONFIGURATION_ERROR", "The gateway failed. Try again; its log tells why.");
    }
    trace.error = `${problem.type}: ${problem.message}`;
    return {
      statusCode: problem.status,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "x-amzn-errortype": problem.type,
        ...buildCorsHeaders(this.config.cors, req),
        ...problem.headers,
      },
      body: encodeProblem(problem, requestId),
    };
  }

  #send({ req, requestId }: GatewayRequest, res: ServerResponse, response: CachedResponse): void {
    const { statusCode, headers, body } = response;
    const hasBody = statusCode !== 204 && statusCode !== 304;
    // What was not read of a refused body would be taken for the next request.
    const isUnread = !req.complete && (req.headers["content-length"] ?? "0") !== "0";
    res.writeHead(statusCode, {
      ...headers,
      ...(hasBody && { "content-length": body.length }),
      ...(isUnread && { connection: "close" }),
      "x-amzn-requestid": requestId,
      "x-amz-apigw-id": requestId,
    });
    res.end(hasBody && req.method !== "HEAD" ? body : undefined);
    if (isUnread) req.resume();
  }

  #log(request: GatewayRequest, trace: Trace, status: number, responseLength: number): void {
    const line = {
      requestId: request.requestId,
      time: new Date(request.startedMs).toISOString(),
      ip: request.sourceIp,
      httpMethod: request.method,
      path: request.path,
      resourcePath: trace.route?.config.path,
      status,
      responseLength,
      responseLatency: Date.now() - request.startedMs,
      integrationLatency: trace.integrationMs,
      principalId: trace.authorization?.principalId,
      apiKeyId: trace.apiKey?.id,
      cache: trace.cache === "none" ? undefined : trace.cache,
      userAgent: request.req.headers["user-agent"],
      error: trace.error,
    };
    this.#deps.logs.write(
      `/aws/apigateway/${this.config.name}`,
      this.#logStream,
      JSON.stringify(line),
      request.startedMs,
    );
  }
}

/** Path parameters are decoded, as API Gateway decodes them. @throws GatewayProblem 400 */
function decodeParameters(parameters: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new GatewayProblem("BAD_REQUEST_PARAMETERS", "The path has broken percent-encoding.");
  }
}
