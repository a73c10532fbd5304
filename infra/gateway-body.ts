import { z } from "zod";
import { agentPassage, errorTable, type Route, routes } from "../packages/contracts/index.ts";
import { authorizerCacheSeconds, type FunctionName, functionOfGroup } from "./resources.ts";

type Json = Record<string, unknown>;

/** Keywords that API Gateway's models (JSON Schema draft 4, Java's regular expressions) read otherwise or refuse. */
const unsupported = new Set([
  "$schema",
  "pattern",
  "format",
  "default",
  "examples",
  "id",
  "propertyNames",
  "contentEncoding",
]);

const withoutUnsupported = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUnsupported);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, inner]) =>
          !unsupported.has(key) ||
          (typeof inner === "object" && key !== "propertyNames" && key !== "default" && key !== "examples"),
      )
      .map(([key, inner]) => [key, withoutUnsupported(inner)]),
  );
};

/** Model of a route's body: its structure. What only the contract can say exactly, the function checks. */
export const modelOf = (route: Route): Json | undefined =>
  route.body &&
  (withoutUnsupported(z.toJSONSchema(route.body, { io: "input", target: "draft-4", unrepresentable: "any" })) as Json);

/** `documents.rollBack` as `DocumentsRollBack`, as models are named. */
const modelName = (id: string): string => id.replace(/(?:^|[.-])([a-z])/g, (_, first: string) => first.toUpperCase());

const parametersOf = (route: Route): Json[] => {
  const query = route.query
    ? (z.toJSONSchema(route.query, { io: "input", unrepresentable: "any" }) as { required?: string[] }).required
    : undefined;
  return [
    ...[...route.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...(query ?? []).map((name) => ({ name, in: "query", required: true, schema: { type: "string" } })),
  ];
};

/** The gateway's own refusals, in the shape of all others. */
const gatewayAnswers = {
  BAD_REQUEST_BODY: "invalid_request",
  BAD_REQUEST_PARAMETERS: "invalid_request",
  UNAUTHORIZED: "unauthenticated",
  ACCESS_DENIED: "forbidden",
  INVALID_API_KEY: "forbidden",
  MISSING_AUTHENTICATION_TOKEN: "not_found",
  REQUEST_TOO_LARGE: "too_large",
  THROTTLED: "rate_limited",
  QUOTA_EXCEEDED: "rate_limited",
  INTEGRATION_FAILURE: "unavailable",
  INTEGRATION_TIMEOUT: "timeout",
  DEFAULT_4XX: "invalid_request",
  DEFAULT_5XX: "internal",
} as const;

const gatewayResponses = (): Json =>
  Object.fromEntries(
    Object.entries(gatewayAnswers).map(([type, code]) => [
      type,
      {
        ...(type.startsWith("DEFAULT") ? {} : { statusCode: errorTable[code].status }),
        responseParameters: {
          "gatewayresponse.header.content-type": "'application/problem+json'",
          "gatewayresponse.header.cache-control": "'no-store'",
          "gatewayresponse.header.x-request-id": "context.requestId",
          ...(code === "rate_limited" ? { "gatewayresponse.header.retry-after": "'1'" } : {}),
        },
        responseTemplates: {
          "application/json": JSON.stringify({
            type: `https://samla.dev/problems/${code}`,
            title: errorTable[code].title,
            status: errorTable[code].status,
            code,
            detail: type.startsWith("BAD_REQUEST") ? "@detail" : errorTable[code].title,
            requestId: "$context.requestId",
            // VTL puts the reason in as a JSON string of its own.
          }).replace('"@detail"', "$context.error.messageString"),
        },
      },
    ]),
  );

const corsMethods = "GET,POST,PATCH,DELETE,OPTIONS";

/** A mapped integration: the gateway answers preflights of the console's origin itself. */
const preflight = (origin: string): Json => ({
  summary: "Preflight",
  responses: {
    204: {
      description: "Allowed",
      headers: Object.fromEntries(
        ["Allow-Origin", "Allow-Methods", "Allow-Headers", "Max-Age"].map((name) => [
          `Access-Control-${name}`,
          { schema: { type: "string" } },
        ]),
      ),
    },
  },
  security: [],
  "x-amazon-apigateway-integration": {
    type: "mock",
    requestTemplates: { "application/json": '{"statusCode": 204}' },
    passthroughBehavior: "when_no_match",
    responses: {
      default: {
        statusCode: "204",
        responseParameters: {
          "method.response.header.Access-Control-Allow-Origin": `'${origin}'`,
          "method.response.header.Access-Control-Allow-Methods": `'${corsMethods}'`,
          "method.response.header.Access-Control-Allow-Headers":
            "'authorization,content-type,idempotency-key,if-match'",
          "method.response.header.Access-Control-Max-Age": "'600'",
        },
      },
    },
  },
});

/** A signed-in caller, metered by the plan whose key the authorizer names. */
const signedIn: Json = { token: [], usageKey: [] };

/** How the gateway reaches the agents' internal balancer. */
export type AgentsWay = { vpcLinkId: string; balancerArn: string; host: string };

/**
 * Every method below an agent's name goes to the agents' balancer through a VPC link (V2), with the caller's headers; the
 * answer streams: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
const agentsResource = (consoleOrigin: string, { vpcLinkId, balancerArn, host }: AgentsWay): Json => {
  const names = ["agent", "proxy"];
  return {
    options: preflight(consoleOrigin),
    "x-amazon-apigateway-any-method": {
      operationId: "agents.pass",
      parameters: names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      responses: { 200: { description: "What the agent answers" } },
      security: [signedIn],
      "x-amazon-apigateway-request-validator": "parameters",
      "x-amazon-apigateway-integration": {
        type: "http_proxy",
        httpMethod: "ANY",
        connectionType: "VPC_LINK",
        connectionId: vpcLinkId,
        integrationTarget: balancerArn,
        uri: `http://${host}/agents/{agent}/{proxy}`,
        requestParameters: Object.fromEntries(
          names.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`]),
        ),
        passthroughBehavior: "when_no_match",
        responseTransferMode: "STREAM",
        timeoutInMillis: agentPassage.streamTimeoutMs,
      },
    },
  };
};

/** API Gateway's own integrations end after this long, whatever the function may take. */
export const integrationTimeoutMs = 29_000;

/**
 * API v1 as API Gateway imports it (OpenAPI 3.0 with its extensions): every route of the contracts with its function,
 * authorizer, validator and model, and nothing else. `invokeArnOf` gives a function's address for integrations.
 */
export const createGatewayBody = (options: {
  title: string;
  consoleOrigin: string;
  invokeArnOf: (name: FunctionName) => string;
  agents: AgentsWay;
}): Json => {
  const paths: Record<string, Json> = { [agentPassage.path]: agentsResource(options.consoleOrigin, options.agents) };
  const schemas: Json = {};
  for (const [id, route] of Object.entries(routes) as [string, Route][]) {
    const model = modelOf(route);
    if (model) schemas[modelName(id)] = model;
    paths[route.path] ??= { options: preflight(options.consoleOrigin) };
    Object.assign(paths[route.path] as Json, {
      [route.method.toLowerCase()]: {
        operationId: id,
        parameters: parametersOf(route),
        ...(model
          ? {
              requestBody: {
                required: true,
                content: { "application/json": { schema: { $ref: `#/components/schemas/${modelName(id)}` } } },
              },
            }
          : {}),
        responses: { [route.successStatus]: { description: "Success" } },
        security: route.permission === "open" ? [] : [signedIn],
        "x-amazon-apigateway-request-validator": model ? "all" : "parameters",
        "x-amazon-apigateway-integration": {
          type: "aws_proxy",
          httpMethod: "POST",
          uri: options.invokeArnOf(functionOfGroup(route.group)),
          passthroughBehavior: "when_no_match",
          timeoutInMillis: integrationTimeoutMs,
        },
      },
    });
  }
  return {
    openapi: "3.0.1",
    info: { title: options.title, version: "v1" },
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "custom",
          "x-amazon-apigateway-authorizer": {
            type: "request",
            identitySource: "method.request.header.Authorization",
            authorizerUri: options.invokeArnOf("authorizer"),
            authorizerResultTtlInSeconds: authorizerCacheSeconds,
          },
        },
        usageKey: { type: "apiKey", name: "x-api-key", in: "header" },
      },
    },
    // The key never travels: no caller can take another's plan.
    "x-amazon-apigateway-api-key-source": "AUTHORIZER",
    "x-amazon-apigateway-request-validators": {
      all: { validateRequestBody: true, validateRequestParameters: true },
      parameters: { validateRequestBody: false, validateRequestParameters: true },
    },
    "x-amazon-apigateway-gateway-responses": gatewayResponses(),
  };
};

/** Routes whose answer is the same for everybody, and how long the gateway may keep it. */
export const cachedPaths: Record<string, number> = { "/openapi.json": 300 };
