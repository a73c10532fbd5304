import { describe, expect, it } from "vitest";
import { createOpenApi } from "./openapi.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

type Operation = {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  security?: unknown[];
};
const description = createOpenApi("https://api.test/v1") as {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
};
const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe("the OpenAPI document", () => {
  it("has every route of the table once, and nothing else", () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(Object.keys(routes).sort());
    for (const { path, method, operation } of operations) {
      const route: Route = routes[operation.operationId as keyof typeof routes];
      expect([route.path, route.method.toLowerCase()]).toEqual([path, method]);
    }
  });

  it("declares each path parameter, and no parameter twice", () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const inPath = operation.parameters.filter((one) => one.in === "path");
      expect(inPath.map((one) => one.name).sort(), path).toEqual(named.sort());
      expect(
        inPath.every((one) => one.required),
        path,
      ).toBe(true);
      const keys = operation.parameters.map((one) => `${one.in} ${one.name}`);
      expect(new Set(keys).size, path).toBe(keys.length);
    }
  });

  it("describes an answer and a problem for each, and a body only where one is sent", () => {
    for (const { path, method, operation } of operations) {
      const route: Route = routes[operation.operationId as keyof typeof routes];
      expect(operation.responses[String(route.successStatus)]?.description, path).toBeTruthy();
      expect(Object.keys(operation.responses.default?.content ?? {})).toEqual(["application/problem+json"]);
      expect(operation.requestBody !== undefined, `${method} ${path}`).toBe(route.body !== undefined);
      expect(operation.security !== undefined).toBe(route.permission === "open");
    }
  });

  it("is plain JSON whose references lead somewhere, in the 3.1 dialect", () => {
    const text = JSON.stringify(description);
    expect(JSON.parse(text)).toEqual(description);
    expect(description.openapi).toMatch(/^3\.1\.\d$/);
    for (const [, target = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = target
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], description);
      expect(found, target).toBeDefined();
    }
    expect(text).not.toContain('"nullable"');
  });
});
