import { AwsError } from "../kernel/errors.ts";

/** Says whether a log message matches a filter pattern. */
export type MessageFilter = (message: string) => boolean;

const JSON_CLAUSE = /^\s*\$((?:\.[A-Za-z0-9_@-]+|\[\d+\])+)\s*(=|!=|>=|<=|>|<)\s*("(?:[^"\\]|\\.)*"|[^\s&|()]+)\s*$/;

/**
 * Compiles a filter pattern of CloudWatch Logs: terms (all must occur; quoted phrases; `-term` must not; `?term` any
 * of), a regular expression between per cent signs, and JSON selectors `{ $.a.b = "x" && $.n > 3 }` or with `||`
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
 * @throws AwsError `InvalidParameterException` for what it does not understand
 */
export function compileFilterPattern(pattern: string | undefined): MessageFilter {
  const text = pattern?.trim() ?? "";
  if (text === "") return () => true;
  if (text.startsWith("{")) return compileJsonPattern(text);
  if (text.startsWith("["))
    throw new AwsError(
      "InvalidParameterException",
      "Space-delimited filter patterns ([...]) are not supported locally.",
    );
  const required: string[] = [];
  const excluded: string[] = [];
  const optional: string[] = [];
  const expressions: RegExp[] = [];
  for (const [, sign = "", quoted, regex, word] of text.matchAll(
    /([-?]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|(\S+))/g,
  )) {
    if (regex !== undefined) {
      expressions.push(compileExpression(regex));
      continue;
    }
    const term = (quoted ?? word ?? "").replace(/\\(.)/g, "$1");
    (sign === "-" ? excluded : sign === "?" ? optional : required).push(term);
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (optional.length === 0 || required.length > 0 || optional.some((term) => message.includes(term))) &&
    expressions.every((expression) => expression.test(message));
}

function compileExpression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new AwsError(
      "InvalidParameterException",
      `The regular expression %${source}% in the filter pattern is invalid.`,
    );
  }
}

function compileJsonPattern(text: string): MessageFilter {
  if (!text.endsWith("}"))
    throw new AwsError("InvalidParameterException", "The JSON filter pattern lacks its closing }.");
  const inner = text.slice(1, -1);
  if (inner.includes("&&") && inner.includes("||"))
    throw new AwsError("InvalidParameterException", "Filter patterns mixing && and || are not supported locally.");
  const isAny = inner.includes("||");
  const clauses = inner.split(isAny ? "||" : "&&").map((clause) => compileClause(clause.replace(/^\s*\(|\)\s*$/g, "")));
  return (message) => {
    let value: unknown;
    try {
      value = JSON.parse(message.slice(Math.max(0, message.indexOf("{"))));
    } catch {
      return false;
    }
    return isAny ? clauses.some((clause) => clause(value)) : clauses.every((clause) => clause(value));
  };
}

function compileClause(clause: string): (value: unknown) => boolean {
  const match = JSON_CLAUSE.exec(clause);
  if (!match)
    throw new AwsError(
      "InvalidParameterException",
      `The filter pattern has a clause that is not understood: ${clause.trim()}`,
    );
  const [, selector = "", operator = "=", literal = ""] = match;
  const keys = selector.split(/[.[\]]/).filter((key) => key !== "");
  const isQuoted = literal.startsWith('"');
  const wanted = isQuoted ? literal.slice(1, -1).replace(/\\(.)/g, "$1") : literal;
  const wildcard = wanted.includes("*")
    ? new RegExp(
        `^${wanted
          .split("*")
          .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
          .join(".*")}$`,
        "s",
      )
    : undefined;
  return (value) => {
    let found = value;
    for (const key of keys)
      found = found !== null && typeof found === "object" ? (found as Record<string, unknown>)[key] : undefined;
    if (operator === "=" || operator === "!=") {
      const isEqual =
        typeof found === "number" && !isQuoted
          ? found === Number(wanted)
          : found !== undefined && (wildcard ? wildcard.test(String(found)) : String(found) === wanted);
      return isEqual === (operator === "=");
    }
    if (typeof found !== "number") return false;
    const bound = Number(wanted);
    if (operator === ">") return found > bound;
    if (operator === ">=") return found >= bound;
    return operator === "<" ? found < bound : found <= bound;
  };
}
