import { validationError } from "./errors.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import type { DocumentPath } from "./paths.ts";
import { RESERVED_WORDS } from "./reserved-words.ts";
import type { AttributeValue } from "./values.ts";

const MAX_EXPRESSION_BYTES = 4096;
const TOKEN = /\s*(<>|<=|>=|[=<>(),.[\]+-]|[#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+)/gy;

/** Walks the tokens of one expression; keywords are matched without case, as DynamoDB does. */
export type ExpressionReader = {
  /** `ConditionExpression` and so on, for messages. */
  readonly what: string;
  isAtEnd(): boolean;
  /** The token `ahead` places on, undefined past the end. */
  peek(ahead?: number): string | undefined;
  /** True (and consumes) when the next token is this symbol or keyword. */
  accept(token: string): boolean;
  expect(token: string): void;
  next(): string;
  readPath(): DocumentPath;
  readValue(): AttributeValue;
  fail(message: string): Error;
  failSyntax(): Error;
};

/** Splits an expression into tokens. Throws ValidationException on what is not one. */
export function createExpressionReader(source: string, what: string, scope: ExpressionScope): ExpressionReader {
  const fail = (message: string) => validationError(`Invalid ${what}: ${message}`);
  if (source.trim() === "") throw fail("The expression can not be empty;");
  if (Buffer.byteLength(source) > MAX_EXPRESSION_BYTES) {
    throw fail(`Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(source)}`);
  }
  const { tokens, offsets } = splitTokens(source, fail);
  let position = 0;

  const peek = (ahead = 0) => tokens[position + ahead];
  const failSyntax = () => {
    const token = peek();
    if (token === undefined) return fail(`Syntax error; token: "<EOF>", near: "${source.slice(-20)}"`);
    const offset = offsets[position] ?? 0;
    return fail(`Syntax error; token: "${token}", near: "${source.slice(Math.max(0, offset - 10), offset + 15)}"`);
  };
  const accept = (token: string) => {
    if (peek()?.toUpperCase() !== token) return false;
    position++;
    return true;
  };
  const expect = (token: string) => {
    if (!accept(token)) throw failSyntax();
  };
  const readName = () => {
    const token = peek();
    if (token === undefined || !/^[#A-Za-z_]/.test(token)) throw failSyntax();
    position++;
    if (token.startsWith("#")) return scope.resolveName(token, what);
    if (RESERVED_WORDS.has(token.toUpperCase())) {
      throw fail(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    }
    return token;
  };
  const readPath = (): DocumentPath => {
    const path: [string, ...(string | number)[]] = [readName()];
    for (;;) {
      if (accept(".")) path.push(readName());
      else if (accept("[")) {
        const index = peek();
        if (index === undefined || !/^\d+$/.test(index)) throw failSyntax();
        position++;
        path.push(Number(index));
        expect("]");
      } else return path;
    }
  };
  return {
    what,
    isAtEnd: () => position >= tokens.length,
    peek,
    accept,
    expect,
    next() {
      const token = peek();
      if (token === undefined) throw failSyntax();
      position++;
      return token;
    },
    readPath,
    readValue() {
      const token = peek();
      if (!token?.startsWith(":")) throw failSyntax();
      position++;
      return scope.resolveValue(token, what);
    },
    fail,
    failSyntax,
  };
}

function splitTokens(source: string, fail: (message: string) => Error): { tokens: string[]; offsets: number[] } {
  const tokens: string[] = [];
  const offsets: number[] = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const token = match[1] ?? "";
    end = match.index + match[0].length;
    tokens.push(token);
    offsets.push(end - token.length);
  }
  const rest = source.slice(end).trim();
  if (rest !== "")
    throw fail(`Syntax error; token: "${rest[0]}", near: "${source.slice(Math.max(0, end - 10), end + 15)}"`);
  return { tokens, offsets };
}
