import { isObject, type Json } from "./template.ts";

/** The form of a property, as far as it is checked and turned into what an API takes. */
export type Shape =
  | { kind: "text"; oneOf?: readonly string[] }
  | { kind: "integer" }
  | { kind: "number" }
  | { kind: "boolean" }
  | { kind: "list"; of: Shape }
  /** Keys are names of people's choice and stay as they are. */
  | { kind: "map"; of: Shape }
  | ObjectShape;
export type ObjectShape = { kind: "object"; members: Record<string, Shape>; required: readonly string[] };

export const text: Shape = { kind: "text" };
export const integer: Shape = { kind: "integer" };
export const number: Shape = { kind: "number" };
export const boolean: Shape = { kind: "boolean" };
export const list = (of: Shape): Shape => ({ kind: "list", of });
export const texts = list(text);
export const map = (of: Shape = text): Shape => ({ kind: "map", of });
export const oneOf = (...values: string[]): Shape => ({ kind: "text", oneOf: values });
export const object = (members: Record<string, Shape>, ...required: string[]): ObjectShape => ({
  kind: "object",
  members,
  required,
});
export const tags = list(object({ Key: text, Value: text }, "Key", "Value"));

/** In a plan: what nobody knows before the change has been made. AWS's own word for it in change sets. */
export const KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}";

export class PropertyError extends Error {}

/** AWS's words for what is expected: `expected type: Integer, found: String`. */
const TYPE_NAMES = {
  text: "String",
  integer: "Integer",
  number: "Number",
  boolean: "Boolean",
  list: "JSONArray",
  map: "JSONObject",
  object: "JSONObject",
};
const typeOf = (value: unknown): string =>
  Array.isArray(value)
    ? "JSONArray"
    : value === null
      ? "Null"
      : ({ string: "String", number: "Number", boolean: "Boolean" }[typeof value as string] ?? "JSONObject");

/**
 * Properties in the types that their shape says: templates may write `8080` as text and text as number.
 * @throws PropertyError naming the path, in the words of CloudFormation's model validation
 */
export function normalize(shape: Shape, value: unknown, path = "#"): unknown {
  const refuse = (): never => {
    throw new PropertyError(`${path}: expected type: ${TYPE_NAMES[shape.kind]}, found: ${typeOf(value)}`);
  };
  if (typeof value === "string" && value.includes(KNOWN_AFTER_APPLY)) return value;
  switch (shape.kind) {
    case "text": {
      if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return refuse();
      if (shape.oneOf && !shape.oneOf.includes(String(value)))
        throw new PropertyError(`${path}: ${String(value)} is not a valid enum value`);
      return String(value);
    }
    case "integer":
    case "number": {
      const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof found !== "number" || !Number.isFinite(found)) return refuse();
      return shape.kind === "integer" && !Number.isInteger(found) ? refuse() : found;
    }
    case "boolean":
      if (value === true || value === "true") return true;
      return value === false || value === "false" ? false : refuse();
    case "list":
      if (!Array.isArray(value)) return refuse();
      return value.map((item, index) => normalize(shape.of, item, `${path}/${index}`));
    case "map":
      if (!isObject(value)) return refuse();
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, normalize(shape.of, item, `${path}/${key}`)]),
      );
    case "object":
      return isObject(value) ? normalizeObject(shape, value, path) : refuse();
  }
}

function normalizeObject(shape: ObjectShape, value: Json, path: string): Json {
  const missing = shape.required.find((name) => value[name] === undefined);
  if (missing) throw new PropertyError(`${path}: required key [${missing}] not found`);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const member = shape.members[name];
      if (!member) throw new PropertyError(`${path}: extraneous key [${name}] is not permitted`);
      return [name, normalize(member, item, `${path}/${name}`)];
    }),
  );
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Properties as ECS's API names them: the same names with a small first letter, but for keys of maps. */
export function toLowerNames(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list") return Array.isArray(value) ? value.map((item) => toLowerNames(shape.of, item)) : value;
  if (shape.kind !== "object" || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      lowerFirst(name),
      shape.members[name] ? toLowerNames(shape.members[name], item) : item,
    ]),
  );
}

/** What an API answers, in the names of properties; what the shape lacks is left out. */
export function toPropertyNames(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list") return Array.isArray(value) ? value.map((item) => toPropertyNames(shape.of, item)) : value;
  if (shape.kind !== "object" || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(shape.members).flatMap(([name, member]) => {
      const item = value[lowerFirst(name)];
      return item === undefined || item === null ? [] : [[name, toPropertyNames(member, item)]];
    }),
  );
}
