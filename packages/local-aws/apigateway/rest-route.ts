import type { RestApiConfig, RestRouteConfig } from "../config.ts";
import type { Authorizer } from "./authorizer.ts";
import { compileMappingTemplate, type MappingTemplate } from "./mapping-template.ts";
import { TokenBucket } from "./token-bucket.ts";
import { compileValidator, type RequestValidator } from "./validation.ts";

/** Longest (and default) integration timeout of a REST API. */
const INTEGRATION_TIMEOUT_MS = 29_000;

/** A route with what it needs to be served, made once at start. */
export type RestRoute = {
  config: RestRouteConfig;
  authorizer: Authorizer | undefined;
  bucket: TokenBucket | undefined;
  validate: RequestValidator | undefined;
  /** Body of a mock integration. */
  mockBody: MappingTemplate | undefined;
  timeoutMs: number;
};

/** @throws Error naming the route when its configuration is not usable */
export function prepareRoute(
  api: RestApiConfig,
  config: RestRouteConfig,
  authorizers: ReadonlyMap<string, Authorizer>,
): RestRoute {
  const name = `${config.method} ${config.path} of API ${api.name}`;
  const authorizer = config.authorizer === undefined ? undefined : authorizers.get(config.authorizer);
  if (config.authorizer !== undefined && !authorizer)
    throw new Error(`The route ${name} names the authorizer ${config.authorizer}, which is not configured.`);
  if (config.function === undefined && !config.http && !config.mock)
    throw new Error(`The route ${name} has neither a function nor another integration.`);
  let validate: RequestValidator | undefined;
  try {
    validate = config.validate && compileValidator(config.validate);
  } catch (error) {
    throw new Error(`The body schema of route ${name} is not valid: ${error instanceof Error ? error.message : error}`);
  }
  let mockBody: MappingTemplate | undefined;
  try {
    mockBody = config.mock && compileMappingTemplate(config.mock.body);
  } catch (error) {
    throw new Error(`The route ${name}: ${error instanceof Error ? error.message : error}`);
  }
  return {
    config,
    authorizer,
    bucket: config.throttle && new TokenBucket(config.throttle),
    validate,
    mockBody,
    timeoutMs: Math.min(INTEGRATION_TIMEOUT_MS, config.timeoutMs ?? INTEGRATION_TIMEOUT_MS),
  };
}
