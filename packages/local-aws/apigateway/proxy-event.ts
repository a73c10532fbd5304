import type { IncomingMessage } from "node:http";
import type { Identity } from "../kernel/types.ts";

export type GatewayRequest = {
  req: IncomingMessage;
  url: URL;
  method: string;
  /** Below the stage, as it came over the wire; begins with `/`. */
  path: string;
  requestId: string;
  startedMs: number;
  sourceIp: string;
};

export type RouteContext = {
  apiId: string;
  stage: string;
  identity: Identity;
  resourcePath: string;
  pathParameters: Record<string, string>;
};

const TEXT_TYPE =
  /^(text\/.*|application\/(json|.*\+json|xml|.*\+xml|javascript|x-www-form-urlencoded|x-ndjson|yaml|x-yaml|graphql))\s*(;|$)/i;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function collectHeaders(req: IncomingMessage) {
  const single: Record<string, string> = Object.create(null);
  const multi: Record<string, string[]> = Object.create(null);
  const names = new Map<string, string>();
  const raw = req.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const given = raw[i] ?? "";
    const value = raw[i + 1] ?? "";
    // One spelling per name, the first that came, so that repeats of another case are not lost.
    const name = names.get(given.toLowerCase()) ?? given;
    names.set(given.toLowerCase(), name);
    single[name] = value;
    const values = multi[name] ?? [];
    values.push(value);
    multi[name] = values;
  }
  return { single, multi };
}

function collectQuery(query: URLSearchParams) {
  const single: Record<string, string> = Object.create(null);
  const multi: Record<string, string[]> = Object.create(null);
  let isEmpty = true;
  for (const [name, value] of query) {
    isEmpty = false;
    single[name] = value;
    const values = multi[name] ?? [];
    values.push(value);
    multi[name] = values;
  }
  return isEmpty ? { single: null, multi: null } : { single, multi };
}

function formatRequestTime(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${time} +0000`;
}

/**
 * The request part of the proxy event, payload format 1.0, which the integration and a REQUEST authorizer share
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
 */
export function buildRequestEvent(request: GatewayRequest, route: RouteContext): Record<string, unknown> {
  const { req, method, requestId } = request;
  const headers = collectHeaders(req);
  const query = collectQuery(request.url.searchParams);
  const host = req.headers.host ?? "127.0.0.1";
  return {
    resource: route.resourcePath,
    path: request.path,
    httpMethod: method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: query.single,
    multiValueQueryStringParameters: query.multi,
    pathParameters: Object.keys(route.pathParameters).length > 0 ? route.pathParameters : null,
    stageVariables: null,
    requestContext: {
      resourceId: route.resourcePath,
      resourcePath: route.resourcePath,
      httpMethod: method,
      extendedRequestId: requestId,
      requestTime: formatRequestTime(request.startedMs),
      path: `/${route.stage}${request.path}`,
      accountId: route.identity.accountId,
      protocol: `HTTP/${req.httpVersion}`,
      stage: route.stage,
      domainPrefix: route.apiId,
      requestTimeEpoch: request.startedMs,
      requestId,
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: request.sourceIp,
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: req.headers["user-agent"] ?? null,
        user: null,
      },
      domainName: host,
      apiId: route.apiId,
    },
  };
}

/** The body members: text stays text, anything else travels as base64. */
export function buildBody(
  body: Buffer,
  contentType: string | undefined,
): { body: string | null; isBase64Encoded: boolean } {
  if (body.length === 0) return { body: null, isBase64Encoded: false };
  const isText = contentType === undefined || TEXT_TYPE.test(contentType);
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}
