import { createS3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { Bucket, CorsRule } from "./store.ts";

/** Matches a value against a pattern with at most one `*`. */
export function matchesWildcard(pattern: string, value: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === value;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return value.length >= head.length + tail.length && value.startsWith(head) && value.endsWith(tail);
}

const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

function findRule(rules: readonly CorsRule[], origin: string, method: string, headers: readonly string[]) {
  return rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => matchesWildcard(pattern, origin)) &&
      rule.allowedMethods.includes(method) &&
      headers.every((name) => rule.allowedHeaders.some((pattern) => matchesWildcard(pattern.toLowerCase(), name))),
  );
}

function describeRule(rule: CorsRule, origin: string): Record<string, string> {
  const isAnyOrigin = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": isAnyOrigin ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(!isAnyOrigin && { "access-control-allow-credentials": "true" }),
    ...(rule.exposeHeaders.length > 0 && { "access-control-expose-headers": rule.exposeHeaders.join(", ") }),
    vary: VARY,
  };
}

/** CORS headers for an actual request; none when no rule matches, and the browser then refuses the answer. */
export function describeCors(bucket: Bucket | undefined, request: S3Request): Record<string, string> {
  const origin = request.headers.origin;
  const rules = bucket?.settings.cors;
  if (!rules) return {};
  const rule = origin && findRule(rules, origin, request.method, []);
  return rule && origin ? describeRule(rule, origin) : { vary: VARY };
}

/** Answers a preflight. @throws AwsError 403 `AccessForbidden` when no rule allows it */
export function answerPreflight(bucket: Bucket | undefined, request: S3Request): void {
  const origin = request.headers.origin;
  const method = request.headers["access-control-request-method"];
  if (!origin || !method) throw createS3Error("BadRequest", "Insufficient information. Origin request header needed.");
  const asked = request.headers["access-control-request-headers"];
  const names = (asked ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  const rule = findRule(bucket?.settings.cors ?? [], origin, method, names);
  if (!rule)
    throw createS3Error(
      "AccessForbidden",
      bucket?.settings.cors
        ? "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
        : "CORSResponse: CORS is not enabled for this bucket.",
      { Method: method, ResourceType: "OBJECT" },
    );
  request.call.res
    .writeHead(200, {
      ...describeRule(rule, origin),
      ...(asked && { "access-control-allow-headers": names.join(", ") }),
      ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": String(rule.maxAgeSeconds) }),
      "content-length": "0",
    })
    .end();
}
