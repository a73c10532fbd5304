import { describe, expect, it } from "vitest";
import { agentPassage, type Route, routes } from "../packages/contracts/index.ts";
import { createSettings } from "../scripts/laptop/settings.ts";
import { createStandInConfig } from "../scripts/laptop/stand-in.ts";
import { createGatewayBody, integrationTimeoutMs, modelOf } from "./gateway-body.ts";
import { functionOfGroup, functions } from "./resources.ts";

type Operation = {
  operationId: string;
  security: object[];
  requestBody?: { content: { "application/json": { schema: { $ref: string } } } };
  "x-amazon-apigateway-request-validator": string;
  "x-amazon-apigateway-integration": { type: string; uri: string; timeoutInMillis: number };
};

const body = createGatewayBody({
  title: "samla-test-api",
  consoleOrigin: "https://console.example",
  invokeArnOf: (name) => `arn:${name}`,
  agents: { vpcLinkId: "link", balancerArn: "arn:balancer", host: "agents.internal" },
}) as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } };

const toAgents = "x-amazon-apigateway-any-method";
const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method]) => method !== "options" && method !== toAgents)
    .map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
);
const all = Object.entries(routes) as [string, Route][];

describe("the gateway in AWS", () => {
  it("has every route of the contracts and no other, by the function of its group", () => {
    expect(
      Object.fromEntries(operations.map((one) => [one.key, one.operation["x-amazon-apigateway-integration"].uri])),
    ).toEqual(
      Object.fromEntries(
        all.map(([, route]) => [`${route.method} ${route.path}`, `arn:${functionOfGroup(route.group)}`]),
      ),
    );
  });

  it("is the gateway of the laptop: the same methods, paths, functions, authorizers and validation", () => {
    const laptop = createStandInConfig(createSettings({ web: 1, aws: 2 }), "functions", { kind: "glove" } as never, {
      warm: false,
    }).restApis[0];
    const told = (laptop?.routes ?? [])
      .filter((route) => !route.http)
      .map((route) => ({
        key: `${route.method} ${route.path}`,
        function: route.function,
        open: route.authorizer === undefined,
        key2: route.apiKeyRequired ?? false,
        validated: route.validate?.body !== undefined,
      }));
    const inAws = operations.map(({ key, operation }) => ({
      key,
      function: operation["x-amazon-apigateway-integration"].uri.slice(4),
      open: operation.security.length === 0,
      key2: JSON.stringify(operation.security).includes("usageKey"),
      validated: operation["x-amazon-apigateway-request-validator"] === "all",
    }));
    const sorted = <T extends { key: string }>(list: T[]): T[] => list.toSorted((a, b) => a.key.localeCompare(b.key));
    expect(sorted(inAws)).toEqual(sorted(told));
  });

  it("leads everything below an agent's name to the agents' balancer, signed in and streamed, as on the laptop", () => {
    const laptop = createStandInConfig(createSettings({ web: 1, aws: 2 }), "functions", { kind: "glove" } as never, {
      warm: false,
    }).restApis[0]?.routes.filter((route) => route.http);
    expect(laptop).toEqual([
      {
        method: "ANY",
        path: agentPassage.path,
        http: { path: expect.stringMatching(/^\/_elb\/[\w-]+\/agents\/\{agent\}\/\{proxy\}$/) },
        authorizer: "token",
        apiKeyRequired: true,
        throttle: agentPassage.throttle,
      },
    ]);
    expect(body.paths[agentPassage.path]?.[toAgents]).toMatchObject({
      security: [{ token: [], usageKey: [] }],
      "x-amazon-apigateway-integration": {
        type: "http_proxy",
        httpMethod: "ANY",
        connectionType: "VPC_LINK",
        connectionId: "link",
        integrationTarget: "arn:balancer",
        uri: "http://agents.internal/agents/{agent}/{proxy}",
        responseTransferMode: "STREAM",
      },
    });
  });

  it("asks for a token, and meters its caller, wherever the contract asks for a person", () => {
    for (const [id, route] of all) {
      const operation = operations.find((one) => one.operation.operationId === id)?.operation;
      expect(operation?.security, id).toEqual(route.permission === "open" ? [] : [{ token: [], usageKey: [] }]);
    }
  });

  it("answers before the function is cut off, within the 29 seconds that API Gateway gives", () => {
    for (const { key, operation } of operations)
      expect(operation["x-amazon-apigateway-integration"].timeoutInMillis, key).toBeLessThanOrEqual(29_000);
    for (const [, route] of all)
      expect(functions[functionOfGroup(route.group)].timeoutSeconds * 1000).toBeLessThanOrEqual(integrationTimeoutMs);
  });

  it("names path parameters alike under one parent, as API Gateway demands", () => {
    const names = new Map<string, Set<string>>();
    for (const path of Object.keys(body.paths)) {
      const parts = path.split("/");
      for (const [i, part] of parts.entries())
        if (part.startsWith("{")) {
          const parent = parts.slice(0, i).join("/");
          names.set(parent, (names.get(parent) ?? new Set()).add(part));
        }
    }
    for (const [parent, found] of names) expect([...found], `below ${parent}`).toHaveLength(1);
  });

  it("has a model for each body, in words that its validator knows", () => {
    const keywords = new Set<string>();
    const collect = (value: unknown, inProperties = false): void => {
      if (Array.isArray(value)) for (const one of value) collect(one);
      else if (typeof value === "object" && value !== null)
        for (const [key, inner] of Object.entries(value)) {
          if (!inProperties) keywords.add(key);
          if (key !== "enum" && key !== "required") collect(inner, key === "properties" && !inProperties);
        }
    };
    for (const [id, route] of all) {
      const model = modelOf(route);
      expect(Boolean(model), id).toBe(Boolean(route.body));
      if (model) collect(model);
    }
    const known = new Set(
      "type properties required additionalProperties items enum minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems uniqueItems anyOf oneOf allOf not title description minProperties maxProperties multipleOf".split(
        " ",
      ),
    );
    expect([...keywords].filter((one) => !known.has(one))).toEqual([]);
  });

  it("refuses in the same shape as the functions, with nothing of the request in it", () => {
    const responses = (
      body as unknown as Record<string, Record<string, { responseTemplates: Record<string, string> }>>
    )["x-amazon-apigateway-gateway-responses"];
    for (const [type, response] of Object.entries(responses ?? {})) {
      const text = response.responseTemplates["application/json"] ?? "";
      const problem = JSON.parse(text.replace("$context.error.messageString", '"why"')) as Record<string, unknown>;
      expect(Object.keys(problem), type).toEqual(["type", "title", "status", "code", "detail", "requestId"]);
      expect(text, type).not.toMatch(/\$input|\$context\.path|\$util/);
    }
  });

  it("lets only the console's origin ask from a browser", () => {
    const text = JSON.stringify(body);
    expect(text).not.toContain("Allow-Origin\":\"'*'");
    for (const methods of Object.values(body.paths)) expect(methods).toHaveProperty("options");
  });
});
