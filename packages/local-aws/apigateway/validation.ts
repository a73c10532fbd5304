import { Ajv, type ValidateFunction } from "ajv";
import type { RestRouteConfig } from "../config.ts";
import { GatewayProblem } from "./problem.ts";

export type RequestValidator = (request: {
  query: URLSearchParams;
  header(name: string): string | undefined;
  body: Buffer;
}) => void;

/**
 * Compiles a route's request validation: required query parameters and headers must be there and not blank, and a JSON
 * body must fit its schema. The validator throws a `GatewayProblem` 400 naming every field.
 * @throws Error at start when the schema itself is not valid
 */
export function compileValidator(config: NonNullable<RestRouteConfig["validate"]>): RequestValidator {
  const { requiredQuery = [], requiredHeaders = [] } = config;
  const validateBody = config.body && compileSchema(config.body);
  return ({ query, header, body }) => {
    const missing = [
      ...requiredQuery
        .filter((name) => !query.get(name)?.trim())
        .map((name) => ({ field: `query.${name}`, message: "is required" })),
      ...requiredHeaders
        .filter((name) => !header(name)?.trim())
        .map((name) => ({ field: `header.${name}`, message: "is required" })),
    ];
    if (missing.length > 0) {
      const names = missing.map(({ field }) => field).join(", ");
      throw new GatewayProblem("BAD_REQUEST_PARAMETERS", `Missing required request parameters: ${names}.`, {
        errors: missing,
      });
    }
    if (validateBody) checkBody(validateBody, body, header("content-type"));
  };
}

function compileSchema(schema: object): ValidateFunction {
  // API Gateway models are draft 4 to 7; formats are not checked there either.
  return new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
}

function checkBody(validate: ValidateFunction, body: Buffer, contentType: string | undefined): void {
  // A model belongs to application/json; a body of another type has no model and passes, as in AWS.
  if (contentType !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(contentType)) return;
  let value: unknown;
  try {
    value = body.length === 0 ? undefined : JSON.parse(body.toString("utf8"));
  } catch {
    throw new GatewayProblem("BAD_REQUEST_BODY", "The request body is not valid JSON.");
  }
  if (validate(value)) return;
  const errors = (validate.errors ?? []).slice(0, 20).map((error) => {
    const extra = error.keyword === "additionalProperties" ? ` (${String(error.params.additionalProperty)})` : "";
    return {
      field: `body${error.instancePath.replaceAll("/", ".")}`,
      message: `${error.message ?? "is not valid"}${extra}`,
    };
  });
  const [first] = errors;
  const detail = `The request body is not valid: ${first?.field} ${first?.message}.`;
  throw new GatewayProblem("BAD_REQUEST_BODY", detail, { errors });
}
