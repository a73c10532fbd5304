import { AwsError } from "../kernel/errors.ts";
import { formatError, isObject, type Template } from "./template.ts";

export const PSEUDO_PARAMETERS = new Set(
  ["AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix"].map(
    (name) => `AWS::${name}`,
  ),
);

/** A mention of something else in a value: `Ref`, or with `attribute`, `Fn::GetAtt`. */
export type Reference = { name: string; attribute?: string };

/** `${A}`, `${A.B}` and `${!literal}` of `Fn::Sub`. */
export const SUB_VARIABLE = /\$\{(!?)([^}]*)\}/g;

export function parseSub(value: unknown): { text: string; variables: Record<string, unknown> } {
  const [text, variables] = Array.isArray(value) ? value : [value, {}];
  if (typeof text !== "string" || !isObject(variables))
    throw new AwsError(
      "ValidationError",
      "Template error: every Fn::Sub object must have one of a string, or an array of a string and a map of values",
    );
  return { text, variables };
}

export function parseGetAtt(value: unknown): Required<Reference> {
  const [name, ...rest] = typeof value === "string" ? value.split(".") : Array.isArray(value) ? value : [];
  if (typeof name !== "string" || rest.length === 0 || rest.some((part) => typeof part !== "string"))
    throw new AwsError(
      "ValidationError",
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    );
  return { name, attribute: rest.join(".") };
}

/** Everything that a value mentions, in order. */
export function collectReferences(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(collectReferences);
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  if (keys.length === 1) {
    if (keys[0] === "Ref") return [{ name: String(value.Ref) }];
    if (keys[0] === "Fn::GetAtt") return [parseGetAtt(value["Fn::GetAtt"])];
    if (keys[0] === "Fn::Sub") {
      const { text, variables } = parseSub(value["Fn::Sub"]);
      const inText = [...text.matchAll(SUB_VARIABLE)]
        .filter(([, literal, name]) => !literal && name !== undefined && !(name.trim() in variables))
        .map(([, , name = ""]): Reference => {
          const [first = "", ...rest] = name.trim().split(".");
          return rest.length ? { name: first, attribute: rest.join(".") } : { name: first };
        });
      return [...inText, ...collectReferences(variables)];
    }
  }
  return Object.values(value).flatMap(collectReferences);
}

/** Logical ids that a resource waits for: by `DependsOn` and by what its properties mention. */
export function dependenciesOf(template: Template, id: string): string[] {
  const spec = template.resources[id];
  if (!spec) return [];
  const mentioned = collectReferences(spec.properties)
    .map(({ name }) => name)
    .filter((name) => name in template.resources);
  return [...new Set([...spec.dependsOn, ...mentioned])].filter((other) => other in template.resources);
}

/**
 * Checks that all mentions lead somewhere and that no resources wait for each other in a circle.
 * @throws AwsError `ValidationError` in CloudFormation's words
 */
export function assertReferencesResolve(template: Template): void {
  const isKnown = ({ name, attribute }: Reference): boolean =>
    name in template.resources ||
    (attribute === undefined && (name in template.parameters || PSEUDO_PARAMETERS.has(name)));
  const unresolved = (value: unknown): string[] =>
    collectReferences(value)
      .filter((reference) => !isKnown(reference))
      .map(({ name }) => name);
  for (const [id, spec] of Object.entries(template.resources)) {
    const missing = [
      ...unresolved(spec.properties),
      ...spec.dependsOn.filter((other) => !(other in template.resources)),
    ];
    if (missing.length)
      throw formatError(
        `Unresolved resource dependencies [${[...new Set(missing)].join(", ")}] in the Resources block of the template`,
      );
    if (spec.condition !== undefined && !(spec.condition in template.conditions))
      throw formatError(
        `Unresolved condition dependency ${spec.condition} in the Resources block of the template (${id})`,
      );
  }
  for (const output of Object.values(template.outputs)) {
    const missing = unresolved(output.value);
    if (missing.length)
      throw formatError(
        `Unresolved resource dependencies [${[...new Set(missing)].join(", ")}] in the Outputs block of the template`,
      );
  }
  orderResources(template);
}

/** Logical ids so that each follows all it waits for. @throws AwsError `ValidationError` for a circle */
export function orderResources(template: Template): string[] {
  const ordered: string[] = [];
  const left = new Map(Object.keys(template.resources).map((id) => [id, dependenciesOf(template, id)]));
  while (left.size) {
    const ready = [...left].filter(([, after]) => after.every((other) => !left.has(other))).map(([id]) => id);
    if (ready.length === 0)
      throw new AwsError("ValidationError", `Circular dependency between resources: [${[...left.keys()].join(", ")}]`);
    for (const id of ready) left.delete(id);
    ordered.push(...ready);
  }
  return ordered;
}
