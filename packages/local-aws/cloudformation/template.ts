import { type CollectionTag, isMap, isSeq, parse, type ScalarTag, type YAMLMap, type YAMLSeq } from "yaml";
import { AwsError } from "../kernel/errors.ts";

export type Json = Record<string, unknown>;
export type DeletionPolicy = "Delete" | "Retain" | "RetainExceptOnCreate";

export type ParameterSpec = {
  type: string;
  default?: string;
  description?: string;
  noEcho: boolean;
  allowedPattern?: string;
  allowedValues?: string[];
  constraintDescription?: string;
  minValue?: number;
  maxValue?: number;
  minLength?: number;
  maxLength?: number;
};

export type ResourceSpec = {
  type: string;
  /** As written, with its functions. */
  properties: Json;
  dependsOn: string[];
  condition?: string;
  deletionPolicy: DeletionPolicy;
  updateReplacePolicy: DeletionPolicy;
};

export type OutputSpec = { value: unknown; description?: string; condition?: string };
export type RuleSpec = { condition?: unknown; assertions: { assert: unknown; description: string }[] };

export type Template = {
  description?: string;
  parameters: Record<string, ParameterSpec>;
  mappings: Record<string, Record<string, Json>>;
  conditions: Json;
  rules: Record<string, RuleSpec>;
  resources: Record<string, ResourceSpec>;
  outputs: Record<string, OutputSpec>;
};

/** Of `TemplateBody`: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const BODY_LIMIT_BYTES = 51_200;
const SECTIONS = new Set(
  "AWSTemplateFormatVersion Description Metadata Parameters Mappings Conditions Rules Resources Outputs".split(" "),
);
const RESOURCE_MEMBERS = new Set(
  "Type Properties DependsOn Condition DeletionPolicy UpdateReplacePolicy Metadata".split(" "),
);
const POLICIES = new Set(["Delete", "Retain", "RetainExceptOnCreate"]);

export const formatError = (text: string): AwsError =>
  new AwsError("ValidationError", `Template format error: ${text}`);

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `!Sub x` is `{ "Fn::Sub": x }`, `!Ref x` is `{ Ref: x }`, `!GetAtt A.B` is `{ "Fn::GetAtt": ["A", "B"] }`. */
const FUNCTIONS =
  "And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap GetAtt GetAZs If ImportValue Join Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll".split(
    " ",
  );

const shortForms = [...FUNCTIONS, "Ref", "Condition"].flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
  const wrap = (value: unknown): Json => {
    if (key === "Fn::GetAtt" && typeof value === "string") {
      const dot = value.indexOf(".");
      return { [key]: dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
    }
    return { [key]: value };
  };
  const resolveCollection = (node: YAMLMap | YAMLSeq): unknown => {
    // The library takes what is answered here for a node, so the function is put around it in place.
    if (isSeq(node) || isMap(node)) {
      const plain = node.toJSON() as unknown;
      return wrap(plain);
    }
    return node;
  };
  return [
    { tag: `!${name}`, resolve: (text: string) => wrap(text) },
    { tag: `!${name}`, collection: "seq", resolve: resolveCollection },
    { tag: `!${name}`, collection: "map", resolve: resolveCollection },
  ];
});

/**
 * Reads a template in YAML or JSON and checks its form: sections, members, types, references, circles.
 * @throws AwsError `ValidationError` naming what is wrong
 */
export function parseTemplate(body: string): Template {
  if (Buffer.byteLength(body) > BODY_LIMIT_BYTES)
    throw new AwsError(
      "ValidationError",
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${BODY_LIMIT_BYTES}`,
    );
  let document: unknown;
  try {
    document = parse(body, { customTags: shortForms, maxAliasCount: 100, prettyErrors: true, logLevel: "error" });
  } catch (error) {
    throw formatError(`YAML not well-formed. (${error instanceof Error ? error.message.split("\n")[0] : error})`);
  }
  if (!isObject(document)) throw formatError("unsupported structure.");
  const stranger = Object.keys(document).find((section) => !SECTIONS.has(section));
  if (stranger) throw new AwsError("ValidationError", `Invalid template property or properties [${stranger}]`);
  const section = (name: string): Json => {
    const value = (document as Json)[name];
    if (value === undefined || value === null) return {};
    if (!isObject(value)) throw formatError(`Unsupported structure for section ${name}.`);
    return value;
  };
  const members = <Spec>(name: string, read: (id: string, value: Json) => Spec): Record<string, Spec> =>
    Object.fromEntries(
      Object.entries(section(name)).map(([id, value]) => {
        if (!isObject(value)) throw formatError(`Every ${name} member must be an object; ${id} is not.`);
        if (!/^[A-Za-z0-9]{1,255}$/.test(id)) throw formatError(`${name} name '${id}' is non alphanumeric.`);
        return [id, read(id, value)];
      }),
    );
  const template: Template = {
    ...(typeof document.Description === "string" && { description: document.Description }),
    parameters: members("Parameters", readParameter),
    mappings: section("Mappings") as Template["mappings"],
    conditions: section("Conditions"),
    rules: members("Rules", readRule),
    resources: members("Resources", readResource),
    outputs: members("Outputs", readOutput),
  };
  if (Object.keys(template.resources).length === 0) throw formatError("At least one Resources member must be defined.");
  return template;
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : Array.isArray(value) ? value.join(",") : String(value);

const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function readParameter(id: string, value: Json): ParameterSpec {
  if (typeof value.Type !== "string") throw formatError(`Every Parameters object must contain a Type member (${id}).`);
  return {
    type: value.Type,
    default: text(value.Default),
    description: text(value.Description),
    noEcho: String(value.NoEcho) === "true",
    allowedPattern: text(value.AllowedPattern),
    allowedValues: Array.isArray(value.AllowedValues) ? value.AllowedValues.map(String) : undefined,
    constraintDescription: text(value.ConstraintDescription),
    minValue: number(value.MinValue),
    maxValue: number(value.MaxValue),
    minLength: number(value.MinLength),
    maxLength: number(value.MaxLength),
  };
}

function readRule(id: string, value: Json): RuleSpec {
  const assertions = Array.isArray(value.Assertions) ? value.Assertions : [];
  if (assertions.length === 0) throw formatError(`Rule ${id} must have at least one assertion.`);
  return {
    condition: value.RuleCondition,
    assertions: assertions.map((one: Json) => ({
      assert: one.Assert,
      description: String(one.AssertDescription ?? ""),
    })),
  };
}

function readPolicy(id: string, member: string, value: unknown): DeletionPolicy {
  if (value === undefined) return "Delete";
  if (typeof value !== "string" || !POLICIES.has(value))
    throw formatError(`Unrecognized ${member} ${String(value)} for resource ${id}`);
  return value as DeletionPolicy;
}

function readResource(id: string, value: Json): ResourceSpec {
  if (typeof value.Type !== "string") throw formatError(`[/Resources/${id}/Type] 'null' values are not allowed.`);
  const stranger = Object.keys(value).find((member) => !RESOURCE_MEMBERS.has(member));
  if (stranger) throw new AwsError("ValidationError", `Invalid template resource property '${stranger}' of ${id}`);
  const properties = value.Properties ?? {};
  if (!isObject(properties)) throw formatError(`[/Resources/${id}/Properties] must be an object.`);
  const { DependsOn: after } = value;
  return {
    type: value.Type,
    properties,
    dependsOn: after === undefined ? [] : Array.isArray(after) ? after.map(String) : [String(after)],
    ...(value.Condition !== undefined && { condition: String(value.Condition) }),
    deletionPolicy: readPolicy(id, "DeletionPolicy", value.DeletionPolicy),
    updateReplacePolicy: readPolicy(id, "UpdateReplacePolicy", value.UpdateReplacePolicy),
  };
}

function readOutput(id: string, value: Json): OutputSpec {
  if (value.Value === undefined) throw formatError(`Output ${id} must have a Value.`);
  if (value.Export !== undefined)
    throw new AwsError("NotImplemented", `The local stand-in does not export outputs (${id}).`, { statusCode: 501 });
  return {
    value: value.Value,
    description: text(value.Description),
    ...(value.Condition !== undefined && { condition: String(value.Condition) }),
  };
}
