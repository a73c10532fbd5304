import type { FieldValue, Filter } from "../../core/kernel/ports/search-engine.ts";

type FieldType = "text" | "number" | "list";

/** Fields a filter may name. `page` is the only one without a value in some rows. */
const fields: Readonly<Record<string, FieldType>> = {
  id: "text",
  document_id: "text",
  version_id: "text",
  n: "number",
  title: "text",
  section: "text",
  page: "number",
  kind: "text",
  tags: "list",
  path: "text",
  updated_at: "number",
  readers: "list",
};

const depthMax = 32;

/**
 * Compiles a filter to the engine's SQL. Every value becomes a quoted literal and every field is one of a
 * fixed list, so no text of a caller is ever read as SQL. Comparisons are two-valued: a row without a page
 * does not match a comparison of its page and does match the comparison's negation.
 * Throws for an unknown field, a value of the wrong type, or a filter nested deeper than 32.
 */
export function compileFilter(filter: Filter, depth = 0): string {
  if (depth > depthMax) throw new Error(`The filter is nested deeper than ${depthMax}.`);
  if ("and" in filter) return joinAll(filter.and, " AND ", "1 = 1", depth);
  if ("or" in filter) return joinAll(filter.or, " OR ", "1 = 0", depth);
  if ("not" in filter) return `(NOT ${compileFilter(filter.not, depth + 1)})`;
  if ("eq" in filter) return compileEquality(filter.eq[0], [filter.eq[1]]);
  if ("in" in filter) return compileEquality(filter.in[0], filter.in[1]);
  if ("hasAny" in filter) {
    const [field, values] = filter.hasAny;
    requireType(field, ["list"]);
    return compileEquality(field, values);
  }
  if ("startsWith" in filter) {
    const [field, prefix] = filter.startsWith;
    requireType(field, ["text"]);
    return prefix === "" ? "(1 = 1)" : `(starts_with(${field}, ${quoteText(prefix)}))`;
  }
  if ("range" in filter) return compileRange(filter.range[0], filter.range[1]);
  throw new Error(`Unknown filter ${JSON.stringify(filter).slice(0, 120)}.`);
}

/** A text literal: quotes are doubled; the engine's SQL has no other escape within quotes. */
export function quoteText(text: string): string {
  return `'${text.toWellFormed().replaceAll("\0", "\ufffd").replaceAll("'", "''")}'`;
}

function joinAll(filters: Filter[], operator: string, empty: string, depth: number): string {
  const compiled = filters.map((part) => compileFilter(part, depth + 1));
  return compiled.length === 0 ? `(${empty})` : `(${compiled.join(operator)})`;
}

function compileEquality(field: string, values: FieldValue[]): string {
  const type = requireType(field, ["text", "number", "list"]);
  if (values.length === 0) return "(1 = 0)";
  const literals = values.map((value) => quoteValue(field, type, value));
  if (type === "list") return `(array_has_any(${field}, [${literals.join(", ")}]))`;
  const test = literals.length === 1 ? `${field} = ${literals[0]}` : `${field} IN (${literals.join(", ")})`;
  return guardMissing(field, test);
}

function compileRange(field: string, range: { gte?: number | string; lt?: number | string }): string {
  const type = requireType(field, ["text", "number"]);
  const tests: string[] = [];
  if (range.gte !== undefined) tests.push(`${field} >= ${quoteValue(field, type, range.gte)}`);
  if (range.lt !== undefined) tests.push(`${field} < ${quoteValue(field, type, range.lt)}`);
  return tests.length === 0 ? "(1 = 1)" : guardMissing(field, tests.join(" AND "));
}

function guardMissing(field: string, test: string): string {
  return field === "page" ? `(page IS NOT NULL AND ${test})` : `(${test})`;
}

function requireType(field: string, allowed: FieldType[]): FieldType {
  const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type === undefined) {
    throw new Error(`${JSON.stringify(field)} is not a field to filter by. Fields: ${Object.keys(fields).join(", ")}.`);
  }
  if (!allowed.includes(type))
    throw new Error(`The field ${field} holds ${type}; this filter needs ${allowed.join(" or ")}.`);
  return type;
}

function quoteValue(field: string, type: FieldType, value: FieldValue): string {
  if (type === "number") {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new Error(`The field ${field} is compared with numbers, not ${JSON.stringify(value)}.`);
    }
    return Number.isInteger(value) ? value.toFixed(0) : String(value);
  }
  if (typeof value !== "string")
    throw new Error(`The field ${field} is compared with text, not ${JSON.stringify(value)}.`);
  return quoteText(value);
}
