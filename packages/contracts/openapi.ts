import { z } from "zod";
import { errorCodes, errorTable, Problem } from "./errors.ts";
import type { Route } from "./route.ts";
import { apiVersion, routes } from "./routes.ts";

type Json = Record<string, unknown>;
const schemaOf = (schema: z.ZodType, io: "input" | "output"): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  }) as Json;
  return rest;
};

const parametersOf = (schema: z.ZodObject | undefined, place: "path" | "query"): Json[] => {
  if (!schema) return [];
  const json = schemaOf(schema, "input") as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(json.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || (json.required?.includes(name) ?? false),
    schema: property,
  }));
};

/** JSON Schema of a route's body, for the gateway's request validation; undefined without a body. */
export const bodySchemaOf = (route: Route): Json | undefined =>
  route.body ? schemaOf(route.body, "input") : undefined;

/** API v1 as an OpenAPI 3.1 document, made from the route table. */
export const createOpenApi = (serverUrl: string): Json => {
  const paths: Record<string, Json> = {};
  for (const [id, route] of Object.entries(routes) as [string, Route][]) {
    const operation: Json = {
      operationId: id,
      summary: route.summary,
      tags: [route.group],
      ...(route.permission === "open" ? { security: [] } : {}),
      "x-permission": route.permission,
      parameters: [
        ...parametersOf(route.params, "path"),
        ...parametersOf(route.query, "query"),
        ...(route.idempotent
          ? [{ name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 128 } }]
          : []),
        ...(route.versioned && route.method !== "GET"
          ? [{ name: "If-Match", in: "header", required: false, schema: { type: "string" } }]
          : []),
      ],
      ...(route.body
        ? {
            requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } },
          }
        : {}),
      responses: {
        [route.successStatus]: route.response
          ? { description: "Success", content: { "application/json": { schema: schemaOf(route.response, "output") } } }
          : { description: "Success, without a body" },
        default: {
          description: "A problem (RFC 9457)",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
    };
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "SAMLA",
      version: apiVersion,
      description: `Documents, passages and search. Error codes: ${errorCodes.map((code) => `${code} (${errorTable[code].status})`).join(", ")}.`,
    },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, "output") },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
    },
  };
};
