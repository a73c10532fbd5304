import { AwsError } from "../kernel/errors.ts";
import { type Difference, diffValues, toPointer, toText } from "./diff.ts";
import type { ResourceHandler } from "./handler.ts";
import type { Handlers, Model } from "./model.ts";
import { readProperties } from "./model.ts";
import type { ParameterValues, ResourceValues } from "./parameters.ts";
import { collectReferences } from "./references.ts";
import { KNOWN_AFTER_APPLY, PropertyError } from "./shapes.ts";
import type { StackResource } from "./store.ts";
import { isObject, type Json, type Template } from "./template.ts";

/** A change set's `ResourceChange`, with all values; views leave out what was not asked for. */
export type ResourceChange = {
  Action: "Add" | "Modify" | "Remove" | "Import";
  LogicalResourceId: string;
  PhysicalResourceId?: string;
  ResourceType: string;
  Replacement?: "True" | "False" | "Conditional";
  PolicyAction?: string;
  Scope: string[];
  Details: Json[];
  BeforeContext?: string;
  AfterContext?: string;
};

export type PlanInput = {
  handlers: Handlers;
  /** Makes the model of what is to be; while planning, resources answer what is known now. */
  createTarget(resources: ResourceValues): Model;
  resources: readonly StackResource[];
  previous?: { template: Template; values: ParameterValues };
  imports: Record<string, string>;
};

/**
 * What executing would do, without doing it
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
 * @throws AwsError `ValidationError` naming the resource and property that is wrong
 */
export function planChanges(input: PlanInput): ResourceChange[] {
  const rows = new Map(input.resources.map((row) => [row.logicalId, row]));
  /** Resources whose identity is known only afterwards. */
  const fresh = new Set<string>();
  const model = input.createTarget({
    physicalId: (id) => (fresh.has(id) ? KNOWN_AFTER_APPLY : rows.get(id)?.physicalId),
    attribute(id, name) {
      const handler = input.handlers[rows.get(id)?.type ?? model.template.resources[id]?.type ?? ""];
      if (!handler?.attributes.includes(name)) return undefined;
      return fresh.has(id) ? KNOWN_AFTER_APPLY : rows.get(id)?.attributes[name];
    },
  });
  const changes: ResourceChange[] = [];
  for (const id of model.order) {
    const spec = model.spec(id);
    const handler = input.handlers[spec.type];
    if (!handler)
      throw new AwsError("ValidationError", `Template format error: Unrecognized resource types: [${spec.type}]`);
    const row = rows.get(id);
    if (!row) fresh.add(id);
    const properties = readChecked(model, id, handler);
    if (!row) changes.push(describeAdd(id, spec.type, properties, input.imports[id]));
    else {
      const change = describeModify({ ...input, model, row, handler, properties, fresh });
      if (change?.Replacement && change.Replacement !== "False") fresh.add(id);
      if (change) changes.push(change);
    }
  }
  const wanted = new Set(model.order);
  for (const row of input.resources)
    if (!wanted.has(row.logicalId))
      changes.push({
        Action: "Remove",
        LogicalResourceId: row.logicalId,
        PhysicalResourceId: row.physicalId,
        ResourceType: row.type,
        PolicyAction: row.deletionPolicy === "Delete" ? "Delete" : "Retain",
        Scope: [],
        Details: [],
        BeforeContext: JSON.stringify({ Properties: row.properties }),
      });
  return changes;
}

function readChecked(model: Model, id: string, handler: ResourceHandler): Json {
  try {
    return readProperties(model, id, handler);
  } catch (error) {
    if (!(error instanceof PropertyError)) throw error;
    throw new AwsError(
      "ValidationError",
      `Properties validation failed for resource ${id} with message:\n${error.message}`,
    );
  }
}

const describeAdd = (id: string, type: string, properties: Json, importedId: string | undefined): ResourceChange => ({
  Action: importedId === undefined ? "Add" : "Import",
  LogicalResourceId: id,
  ...(importedId !== undefined && { PhysicalResourceId: importedId }),
  ResourceType: type,
  Scope: [],
  Details: [],
  AfterContext: JSON.stringify({ Properties: properties }),
});

function describeModify(
  options: PlanInput & {
    model: Model;
    row: StackResource;
    handler: ResourceHandler;
    properties: Json;
    fresh: Set<string>;
  },
): ResourceChange | undefined {
  const { model, row, properties } = options;
  const spec = model.spec(row.logicalId);
  const base = {
    Action: "Modify" as const,
    LogicalResourceId: row.logicalId,
    PhysicalResourceId: row.physicalId,
    ResourceType: spec.type,
    BeforeContext: JSON.stringify({ Properties: row.properties }),
    AfterContext: JSON.stringify({ Properties: properties }),
  };
  const replacing = spec.updateReplacePolicy === "Delete" ? "ReplaceAndDelete" : "ReplaceAndRetain";
  if (row.type !== spec.type)
    return { ...base, Replacement: "True", PolicyAction: replacing, Scope: ["Properties"], Details: [] };
  const differences = diffValues(row.properties, properties);
  const policies = policyDetails(row, spec);
  if (differences.length === 0 && policies.length === 0) return undefined;
  const details = differences.flatMap((difference) => describeDetails(options, difference));
  const recreating = details.filter((detail) => (detail.Target as Json).RequiresRecreation === "Always");
  const replacement = recreating.some((detail) => detail.Evaluation === "Static")
    ? "True"
    : recreating.length > 0
      ? "Conditional"
      : "False";
  const scopes = [...details, ...policies].map((detail) => String((detail.Target as Json).Attribute));
  return {
    ...base,
    Replacement: replacement,
    ...(replacement !== "False" && { PolicyAction: replacing }),
    Scope: [...new Set(scopes)],
    Details: [...details, ...policies],
  };
}

const policyDetails = (row: StackResource, spec: Model["template"]["resources"][string]): Json[] =>
  (
    [
      ["DeletionPolicy", row.deletionPolicy, spec.deletionPolicy],
      ["UpdateReplacePolicy", row.updateReplacePolicy, spec.updateReplacePolicy],
    ] as const
  )
    .filter(([, before, after]) => before !== after)
    .map(([Attribute, before, after]) => ({
      Target: {
        Attribute,
        RequiresRecreation: "Never",
        Path: `/${Attribute}`,
        BeforeValue: before,
        AfterValue: after,
        AttributeChangeType: "Modify",
      },
      Evaluation: "Static",
      ChangeSource: "DirectModification",
    }));

function describeDetails(options: Parameters<typeof describeModify>[0], difference: Difference): Json[] {
  const { handler, row } = options;
  const [top = ""] = difference.path;
  const target = {
    Attribute: top === "Tags" ? "Tags" : "Properties",
    Name: top,
    RequiresRecreation: handler.createOnly.includes(top) ? "Always" : "Never",
    Path: `/Properties${toPointer(difference.path)}`,
    BeforeValue: toText(difference.before),
    AfterValue: toText(difference.after),
    AttributeChangeType: difference.before === undefined ? "Add" : difference.after === undefined ? "Remove" : "Modify",
  };
  const causes = findCauses(options, row.logicalId, difference.path);
  return causes.map(({ source, entity }) => ({
    Target: target,
    Evaluation: source === "ResourceReference" || source === "ResourceAttribute" ? "Dynamic" : "Static",
    ChangeSource: source,
    ...(entity !== undefined && { CausingEntity: entity }),
  }));
}

type Cause = {
  source: "ParameterReference" | "ResourceReference" | "ResourceAttribute" | "DirectModification";
  entity?: string;
};

/** Why a place changes: parameters that have another value, resources that are new, or the template's own words. */
function findCauses(options: Parameters<typeof describeModify>[0], id: string, path: readonly string[]): Cause[] {
  const { model, previous, fresh } = options;
  const written = descend(model.spec(id).properties, path);
  const before = previous && descend(previous.template.resources[id]?.properties, path);
  const causes = collectReferences(written).flatMap(({ name, attribute }): Cause[] => {
    if (name in model.template.parameters)
      return previous?.values[name] === model.values[name] ? [] : [{ source: "ParameterReference", entity: name }];
    if (!fresh.has(name)) return [];
    return attribute === undefined
      ? [{ source: "ResourceReference", entity: name }]
      : [{ source: "ResourceAttribute", entity: `${name}.${attribute}` }];
  });
  const isRewritten = diffValues(before, written).length > 0;
  return isRewritten || causes.length === 0 ? [...causes, { source: "DirectModification" }] : causes;
}

/** The written value at a path, as deep as it is not a function. */
function descend(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isObject(at) && step in at) at = at[step];
    else return isFunction(at) ? at : undefined;
  }
  return at;
}

const isFunction = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && /^(Ref$|Fn::)/.test(Object.keys(value)[0] ?? "");
