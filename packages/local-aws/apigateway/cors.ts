import type { IncomingMessage } from "node:http";
import type { RestApiConfig } from "../config.ts";

type CorsConfig = NonNullable<RestApiConfig["cors"]>;

function findOrigin(cors: CorsConfig, req: IncomingMessage): string | undefined {
  const { origin } = req.headers;
  if (origin === undefined) return undefined;
  if (cors.origins.includes(origin)) return origin;
  return cors.origins.includes("*") ? "*" : undefined;
}

/** Headers of the gateway's own answers; a proxied function sets its own, as in API Gateway. */
export function buildCorsHeaders(cors: CorsConfig | undefined, req: IncomingMessage): Record<string, string> {
  const origin = cors && findOrigin(cors, req);
  if (!cors || origin === undefined) return {};
  return {
    "access-control-allow-origin": origin,
    ...(origin !== "*" && { vary: "Origin" }),
    ...(cors.exposeHeaders.length > 0 && { "access-control-expose-headers": cors.exposeHeaders.join(", ") }),
  };
}

/** Headers of the answer to a preflight request; without the `allow` ones for an origin that is not listed. */
export function buildPreflightHeaders(cors: CorsConfig, req: IncomingMessage): Record<string, string> {
  const headers = buildCorsHeaders(cors, req);
  if (headers["access-control-allow-origin"] === undefined) return { vary: "Origin" };
  return {
    ...headers,
    "access-control-allow-methods": cors.methods.join(", "),
    "access-control-allow-headers": cors.headers.join(", "),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}
