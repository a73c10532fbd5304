import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { knowsNoResource, passesRole } from "./action-kinds.ts";
import type { Grants } from "./grants.ts";
import { functions, queueConsumers } from "./resources.ts";
import { deriveGrants, grantsFile } from "./testing/derive-grants.ts";
import { list, readStack, stages } from "./testing/stack.ts";

const derived = await deriveGrants();

/** What a role needs besides what its function's code asks for: its log, its sources, and the key of its data. */
const aroundTheCode = (name: string, grants: Grants): string[] => {
  const data = ["catalog", "agentRows", "sessions", "objects", "engine"].some((part) => part in grants);
  return [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    ...(Object.values(queueConsumers).some((one) => one.function === name)
      ? ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      : []),
    ...(name === "push-events"
      ? ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"]
      : []),
    ...((grants.agents ?? []).some((action) => passesRole.test(action)) ? ["iam:PassRole"] : []),
    ...(data ? ["kms:Decrypt"] : []),
    ...(data && /s3:Put|dynamodb:(Put|Update|Delete)/.test(JSON.stringify(grants)) ? ["kms:GenerateDataKey"] : []),
  ];
};

describe("what functions may do", () => {
  it("is written down as their code needs it: run `npm run grants` and look at the difference", () => {
    expect(JSON.parse(readFileSync(grantsFile, "utf8"))).toEqual(derived);
  });

  it("differs between functions, so that a fault of one is bounded", () => {
    expect(derived.authorizer).toEqual({});
    expect(derived["http-search"]?.objects ?? []).not.toContain("s3:PutObject");
    expect(derived["http-search"]?.engine).toEqual(["s3:GetObject", "s3:ListBucket"]);
    expect(derived["write-index"]?.engine).toContain("s3:PutObject");
    expect(derived["http-platform"]?.deadLetters).toContain("sqs:StartMessageMoveTask");
    const movers = Object.entries(derived).filter(([, grants]) =>
      grants.deadLetters?.includes("sqs:StartMessageMoveTask"),
    );
    expect(movers.map(([name]) => name)).toEqual(["http-platform"]);
  });
});

describe.each(stages)("roles of %s", (stage) => {
  const stack = readStack(stage);
  const rolesByName = new Map(stack.roles().map((one) => [String(one.role.inputs.name ?? one.role.name), one]));
  const roleOf = (lambdaName: RegExp) => {
    const lambda = stack
      .of("lambda/function:Function")
      .find((one) => lambdaName.test(String(one.inputs.name ?? one.name)));
    const found = rolesByName.get(String(lambda?.inputs.role).split("/").pop() ?? "");
    if (!found) throw new Error(`no role for ${lambdaName}`);
    return found;
  };

  it.each([...Object.keys(functions), "web"])("%s: nothing is missing, nothing to spare", (name) => {
    const grants = derived[name] ?? {};
    const role = roleOf(name === "web" ? /^(samla-.*)?WebServer/ : new RegExp(`^samla-${stage}-${name}$`));
    const granted = new Set(role.statements.flatMap((one) => list(one.Action)));
    const models = Object.entries(grants).filter(([part]) => part !== "models");
    const needed = new Set([...models.flatMap(([, actions]) => actions), ...aroundTheCode(name, grants)]);
    expect({
      missing: [...needed].filter((one) => !granted.has(one)),
      spare: [...granted].filter((one) => !needed.has(one)),
    }).toEqual({
      missing: [],
      spare: [],
    });
  });

  it("each action is granted where its service's things are", () => {
    for (const name of Object.keys(functions))
      for (const statement of roleOf(new RegExp(`^samla-${stage}-${name}$`)).statements)
        for (const action of list(statement.Action)) {
          const [service] = action.split(":");
          for (const resource of list(statement.Resource))
            if (resource === "*") expect(action, name).toMatch(knowsNoResource);
            else expect(resource, `${name} ${action}`).toMatch(new RegExp(`^arn:aws:${service}:`));
        }
  });
});
