import type { APIGatewayProxyEvent } from "aws-lambda";

export type Call = {
  method?: string;
  path?: string;
  query?: Record<string, string[]>;
  body?: string | null;
  base64?: boolean;
  headers?: Record<string, string>;
  authorizer?: Record<string, unknown> | null;
};

/** The event that API Gateway gives for a call; by default one of a person who may do everything. */
export const eventOf = (call: Call): APIGatewayProxyEvent =>
  ({
    httpMethod: call.method ?? "GET",
    path: call.path ?? "/indexes",
    headers: call.headers ?? {},
    multiValueQueryStringParameters: call.query ?? null,
    body: call.body ?? null,
    isBase64Encoded: call.base64 ?? false,
    requestContext: {
      requestId: "req-1",
      authorizer:
        call.authorizer === undefined
          ? { sub: "ada", kind: "person", name: "Ada", roles: "admin,pirate", groups: "admin,board" }
          : call.authorizer,
    },
  }) as unknown as APIGatewayProxyEvent;
