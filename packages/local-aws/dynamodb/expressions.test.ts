import { describe, expect, it } from "vitest";
import { parseCondition } from "./condition.ts";
import { evaluateCondition } from "./evaluate.ts";
import { createExpressionScope } from "./expression-scope.ts";
import { parseProjection, projectItem } from "./projection.ts";
import { applyUpdate, parseUpdate } from "./update.ts";
import type { AttributeValue, Item } from "./values.ts";

type Values = Record<string, AttributeValue>;

function scopeOf(source: string, values: Values = {}, names: Record<string, string> = {}) {
  const input = {
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
  };
  return createExpressionScope(input, [source]);
}

const check = (source: string, item: Item | undefined, values?: Values, names?: Record<string, string>) =>
  evaluateCondition(parseCondition(source, "ConditionExpression", scopeOf(source, values, names)), item);
const update = (source: string, item: Item, values?: Values) =>
  applyUpdate(parseUpdate(source, scopeOf(source, values)), item);

describe("conditions", () => {
  it("find maps, lists, booleans and empty strings equal by content, and sets without order", () => {
    expect(check("a = :v", { a: { M: { x: { L: [] } } } }, { ":v": { M: { x: { L: [] } } } })).toBe(true);
    expect(check("a IN (:v)", { a: { BOOL: false } }, { ":v": { BOOL: false } })).toBe(true);
    expect(check("size(a) > :v", { a: { S: "" } }, { ":v": { N: "-1" } })).toBe(true);
    expect(check("a = :v", { a: { SS: ["x", "y"] } }, { ":v": { SS: ["y", "x"] } })).toBe(true);
    expect(check("a = :v", { a: { N: "1" } }, { ":v": { S: "1" } })).toBe(false);
    expect(check("contains(a, :v)", { a: { L: [{ NULL: true }] } }, { ":v": { NULL: true } })).toBe(true);
  });

  it("treat names of the language's objects as data", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(check("attribute_exists(#n)", {}, {}, { "#n": name })).toBe(false);
      const item = JSON.parse(`{"${name}": {"S": "x"}}`) as Item;
      expect(check("attribute_exists(#n)", item, {}, { "#n": name })).toBe(true);
    }
  });

  it("bind NOT tighter than AND, and AND tighter than OR", () => {
    const item: Item = { a: { N: "1" }, b: { N: "2" } };
    const values: Values = { ":one": { N: "1" }, ":two": { N: "2" } };
    expect(check("a = :two AND b = :one OR b = :two", item, values)).toBe(true);
    expect(check("a = :two AND (b = :one OR b = :two)", item, values)).toBe(false);
    expect(check("NOT a = :two AND b = :two", item, { ":two": { N: "2" } })).toBe(true);
    expect(check("not a = :one or b = :two", item, values)).toBe(true);
  });

  it.each([
    ["a = ", 'token: "<EOF>"'],
    ["a = :v )", 'token: ")"'],
    ["a & :v", 'token: "&"'],
    ["((a = :v))", "redundant parentheses"],
    ["a = a", "must be distinct"],
    ["nothing(a, :v)", "Invalid function name; function: nothing"],
    ["begins_with(a)", "number of operands: 1"],
    ["attribute_exists(:v)", "requires a document path"],
    ["size(a) = begins_with(a, :v)", "not allowed to be used this way"],
    ["status = :v", "reserved keyword: status"],
    ["", "can not be empty"],
    ["a.b[x] = :v", "Syntax error"],
    [`${"(".repeat(300)}a = :v`, "too many nested"],
    [`a = :v OR ${"b = :v OR ".repeat(600)} c = :v`, "maximum allowed size"],
  ])("refuse %s", (source, message) => {
    expect(() => check(source, {}, { ":v": { S: "1" } })).toThrow(message);
  });

  it("refuse BETWEEN with bounds in the wrong order or of two types", () => {
    expect(() => check("a BETWEEN :x AND :y", {}, { ":x": { N: "10" }, ":y": { N: "9" } })).toThrow("upper bound");
    expect(() => check("a BETWEEN :x AND :y", {}, { ":x": { N: "1" }, ":y": { S: "9" } })).toThrow("same data type");
  });
});

describe("updates", () => {
  it("read the item as it was before, whatever the order", () => {
    expect(update("SET a = b, b = a", { a: { N: "1" }, b: { N: "2" } })).toEqual({ a: { N: "2" }, b: { N: "1" } });
  });

  it("remove the list places of the old item", () => {
    const list = (...names: string[]): Item => ({ a: { L: names.map((name) => ({ S: name })) } });
    expect(update("REMOVE a[1], a[2]", list("chisel", "hammer", "nails", "saw"))).toEqual(list("chisel", "saw"));
  });

  it("append beyond the end of a list and never change the item given", () => {
    const before: Item = { a: { L: [{ S: "x" }] }, m: { M: {} } };
    const after = update("SET a[9] = :v, m.n = :v", before, { ":v": { S: "y" } });
    expect(after).toEqual({ a: { L: [{ S: "x" }, { S: "y" }] }, m: { M: { n: { S: "y" } } } });
    expect(before).toEqual({ a: { L: [{ S: "x" }] }, m: { M: {} } });
  });

  it("drop a set with its last member", () => {
    expect(update("DELETE a :v", { a: { SS: ["x"] }, b: { N: "1" } }, { ":v": { SS: ["x", "y"] } })).toEqual({
      b: { N: "1" },
    });
  });

  it.each([
    ["SET a = :v SET b = :v", "can only be used once"],
    ["SET a = :v, a.b = :v", "overlap"],
    ["SET a[0] = :v, a.b = :v", "conflict"],
    ["SET a = absent", "does not exist in the item"],
    ["SET a = :v + :v", "operand type: S"],
    ["ADD a :v", "operand type: STRING"],
    ["SET x.y = :v", "document path provided in the update expression is invalid"],
    ["SET a = if_not_exists(:v, :v)", "requires a document path"],
    ["LET a = :v", "Syntax error"],
  ])("refuse %s", (source, message) => {
    expect(() => update(source, {}, { ":v": { S: "1" } })).toThrow(message);
  });

  it("keep an attribute called __proto__ as data", () => {
    const source = "SET #p = :v";
    const scope = scopeOf(source, { ":v": { S: "x" } }, { "#p": "__proto__" });
    const after = applyUpdate(parseUpdate(source, scope), {});
    expect(Object.keys(after)).toEqual(["__proto__"]);
    expect(JSON.stringify(after)).toBe('{"__proto__":{"S":"x"}}');
  });
});

describe("projections", () => {
  it("keep the nesting of what they pick", () => {
    const item: Item = {
      a: { M: { b: { L: [{ N: "0" }, { N: "1" }, { N: "2" }] }, c: { S: "c" } } },
      d: { S: "d" },
    };
    const source = "a.b[2], a.b[0], absent, d";
    expect(projectItem(item, parseProjection(source, scopeOf(source)))).toEqual({
      a: { M: { b: { L: [{ N: "0" }, { N: "2" }] } } },
      d: { S: "d" },
    });
  });
});
