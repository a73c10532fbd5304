import { randomUUID } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import type { QueryInput } from "../kernel/query-protocol.ts";
import type { Engine } from "./engine.ts";
import { invalid, readFlag, readOptionalText, readParameters, readTags, readTexts } from "./input.ts";
import { createModel } from "./model.ts";
import { assertRulesHold, createScope, noResources, resolveParameters } from "./parameters.ts";
import { assertReferencesResolve } from "./references.ts";
import type { EngineDeps } from "./run.ts";
import type { Operation, Stack, Target } from "./store.ts";
import { parseTemplate, type Template } from "./template.ts";

export type ServiceContext = EngineDeps & { engine: Engine };

export const createStackId = ({ identity }: ServiceContext, name: string): string =>
  `arn:aws:cloudformation:${identity.region}:${identity.accountId}:stack/${name}/${randomUUID()}`;

export const createChangeSetId = ({ identity }: ServiceContext, name: string): string =>
  `arn:aws:cloudformation:${identity.region}:${identity.accountId}:changeSet/${name}/${randomUUID()}`;

/** The template text of a call: its body, or the stack's own. */
function readTemplateText(input: QueryInput, stack: Stack | undefined): string {
  const body = readOptionalText(input, "TemplateBody");
  if (readOptionalText(input, "TemplateURL") !== undefined)
    throw new AwsError("NotImplemented", "The local stand-in does not implement TemplateURL; send TemplateBody.", {
      statusCode: 501,
    });
  if (readFlag(input, "UsePreviousTemplate")) {
    if (body !== undefined)
      throw invalid("You cannot specify both usePreviousTemplate and Template Body/Template URL.");
    if (!stack?.template) throw invalid("No previous template exists for this stack.");
    return stack.template;
  }
  if (body === undefined) throw invalid("Either Template URL or Template Body must be specified.");
  return body;
}

/** A template that is sound by itself. @throws AwsError `ValidationError` */
export function readTemplate({ handlers }: EngineDeps, text: string): Template {
  const template = parseTemplate(text);
  assertReferencesResolve(template);
  const unknown = [...new Set(Object.values(template.resources).map(({ type }) => type))].filter(
    (type) => !handlers[type],
  );
  if (unknown.length) throw invalid(`Template format error: Unrecognized resource types: [${unknown.join(", ")}]`);
  return template;
}

/**
 * What a call wants a stack to be: template, parameters, rules and references checked.
 * @throws AwsError `ValidationError` naming what is wrong
 */
export function readTarget(context: ServiceContext, input: QueryInput, stack: Stack | undefined, name: string): Target {
  const text = readTemplateText(input, stack);
  const template = readTemplate(context, text);
  const parameters = resolveParameters(template, readParameters(input), stack?.template ? stack.parameters : undefined);
  const { identity } = context;
  const owner = { id: stack?.id ?? "", name };
  assertRulesHold(
    template,
    createScope({ template, values: parameters, identity, stack: owner, resources: noResources }),
  );
  // Conditions that cannot be worked out show here rather than later.
  createModel({ target: { template: text, parameters }, identity, stack: owner, resources: noResources });
  const roleArn = readOptionalText(input, "RoleARN") ?? stack?.roleArn;
  const tags = "Tags" in input ? readTags(input) : (stack?.tags ?? []);
  return {
    template: text,
    parameters,
    tags,
    capabilities: readTexts(input, "Capabilities"),
    ...(roleArn && { roleArn }),
  };
}

export function createStack(id: string, name: string, clientToken: string): Stack {
  return {
    id,
    name,
    status: "",
    statusReason: "",
    createdMs: Date.now(),
    outputs: [],
    isProtected: false,
    clientToken,
    drift: { status: "NOT_CHECKED" },
    cleanup: [],
    template: "",
    parameters: {},
    tags: [],
    capabilities: [],
  };
}

export const createOperation = (
  kind: Operation["kind"],
  target: Target,
  options: Partial<Operation> = {},
): Operation => ({
  id: randomUUID(),
  kind,
  phase: kind === "DELETE" ? "delete" : "forward",
  target,
  onFailure: "ROLLBACK",
  clientToken: "",
  imports: {},
  failedCreates: [],
  failedUpdates: [],
  isCancelled: false,
  skip: [],
  ...options,
});

/** Writes the operation and its first status, then begins it. */
export function beginOperation(context: ServiceContext, stack: Stack, operation: Operation, status: string): void {
  stack.operation = operation;
  context.log.setStackStatus(stack, status, "User Initiated");
  context.engine.start(stack.id);
}

const UPDATABLE = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_FAILED",
  "CREATE_FAILED",
  "IMPORT_COMPLETE",
]);

/** @throws AwsError `ValidationError` when the stack cannot be updated as it is */
export function assertUpdatable(stack: Stack): void {
  if (!UPDATABLE.has(stack.status))
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

export const readClientToken = (input: QueryInput, member = "ClientRequestToken"): string =>
  readOptionalText(input, member) ?? "";

export function readOnFailure(
  input: QueryInput,
  member: "OnFailure" | "OnStackFailure",
): Operation["onFailure"] | undefined {
  const value = readOptionalText(input, member);
  if (value === undefined) return undefined;
  if (value !== "ROLLBACK" && value !== "DO_NOTHING" && value !== "DELETE")
    throw invalid(`Value '${value}' at '${member}' must be one of [DO_NOTHING, ROLLBACK, DELETE]`);
  return value;
}
