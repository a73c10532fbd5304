import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./unpack-platform.ts";

export const stages = ["dev", "production"] as const;
export type Stage = (typeof stages)[number];
export const node = join(root, "node_modules", "node", "bin", "node");
export const stackFile = (stage: Stage): string => join(root, ".samla", "lambda", `stack.${stage}.json`);

export type Inputs = Record<string, unknown>;
export type Resource = {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  dependencies: string[];
  inputs: Inputs;
};
export type Statement = {
  Effect: string;
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: unknown;
};

export const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const unwrap = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "secret" in value ? (value as { secret: unknown }).secret : value;

export type RolePolicies = { role: Resource; statements: Statement[]; managed: string[]; trust: Statement[] };

/** Every resource that a stage would have, as the SST program registered it. */
export const readStack = (stage: Stage) => {
  const { resources, app } = JSON.parse(readFileSync(stackFile(stage), "utf8")) as {
    resources: Resource[];
    app: Inputs;
  };
  /** Inputs of the resources of a type such as `s3/bucket:Bucket`, with their names. */
  const of = <T = Inputs>(type: string): (Resource & { inputs: T })[] =>
    resources.filter((one) => one.type === `aws:${type}`) as (Resource & { inputs: T })[];
  const statementsOf = (document: unknown): Statement[] => {
    const text = unwrap(document);
    const parsed = (typeof text === "string" ? JSON.parse(text) : text) as { Statement: Statement | Statement[] };
    return list(parsed.Statement);
  };
  const roles = (): RolePolicies[] =>
    of("iam/role:Role").map((role) => ({
      role,
      statements: list(unwrap(role.inputs.inlinePolicies) as { policy: unknown }[]).flatMap((one) =>
        statementsOf(one.policy),
      ),
      managed: list(role.inputs.managedPolicyArns as string[]),
      trust: statementsOf(role.inputs.assumeRolePolicy),
    }));
  return { app, resources, of, roles, statementsOf, unwrap };
};

export type Stack = ReturnType<typeof readStack>;
