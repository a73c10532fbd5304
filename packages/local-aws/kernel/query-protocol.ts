import { createNotImplementedError, toAwsError } from "./errors.ts";
import type { JsonObject } from "./json-protocol.ts";
import { createInnerCall } from "./operations.ts";
import type { AwsCall, Service } from "./types.ts";

/** A member of a request of the query protocol: text, a structure, or a list. Empty lists arrive as `""`. */
export type QueryValue = string | QueryValue[] | { [name: string]: QueryValue };
export type QueryInput = { [name: string]: QueryValue };

/** Takes the request's members, answers the members of `<OperationResult>`; undefined answers none. */
export type QueryOperation = (input: QueryInput, call: AwsCall) => unknown;

type Tree = Map<string, Tree | string>;

/**
 * Reads a form body of the AWS query protocol: `A.member.1.B=x` becomes `{ A: [{ B: "x" }] }`
 * (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html). Keys that contradict each other: the last one counts.
 */
export function parseQueryBody(body: string): { action: string; input: QueryInput } {
  const root: Tree = new Map();
  for (const [key, value] of new URLSearchParams(body)) {
    if (key === "Action" || key === "Version") continue;
    const steps = key.split(".");
    let at = root;
    for (const step of steps.slice(0, -1)) {
      const next = at.get(step);
      const tree: Tree = next instanceof Map ? next : new Map();
      if (tree !== next) at.set(step, tree);
      at = tree;
    }
    at.set(steps.at(-1) ?? "", value);
  }
  return { action: new URLSearchParams(body).get("Action") ?? "", input: plainObject(root) };
}

const plainObject = (tree: Tree): QueryInput =>
  Object.fromEntries([...tree].map(([name, value]) => [name, plainValue(value)]));

function plainValue(value: Tree | string): QueryValue {
  if (typeof value === "string") return value;
  const members = value.get("member");
  if (value.size !== 1 || !(members instanceof Map)) return plainObject(value);
  return [...members].sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => plainValue(member));
}

/** An input as a client would have sent it: every leaf a string, what is undefined left out. */
export function toQueryInput(input: JsonObject): QueryInput {
  const convert = (value: unknown): QueryValue => {
    if (Array.isArray(value)) return value.map(convert);
    if (value instanceof Date) return value.toISOString();
    if (typeof value === "object" && value !== null) return toQueryInput(value as JsonObject);
    return String(value);
  };
  return Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, convert(value)]),
  );
}

function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no form at all for most of them
  const allowed = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return allowed.replace(/[<>&"\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function renderElement(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return `<${name}>${value.map((item) => renderElement("member", item)).join("")}</${name}>`;
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === "object") return `<${name}>${renderMembers(value)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

const renderMembers = (object: object): string =>
  Object.entries(object)
    .map(([name, value]) => renderElement(name, value))
    .join("");

/**
 * A service of the AWS query protocol: form bodies in, XML out; lists as `<member>`, dates (`Date`) as ISO texts. What
 * it lacks is 501 `NotImplemented` naming service and operation.
 */
export function createQueryService(options: {
  name: string;
  scopes: readonly string[];
  /** Such as `http://cloudformation.amazonaws.com/doc/2010-05-15/`. */
  xmlNamespace: string;
  operations: Record<string, QueryOperation>;
  close?(): Promise<void>;
}): Service {
  const { name, xmlNamespace } = options;
  const operations = new Map(Object.entries(options.operations));
  const find = (action: string): QueryOperation => {
    const operation = operations.get(action);
    if (!operation) throw createNotImplementedError(name, action || "a call without Action");
    return operation;
  };
  const answer = (call: AwsCall, statusCode: number, text: string): void => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
    call.res.writeHead(statusCode, { "content-type": "text/xml", "content-length": Buffer.byteLength(xml) }).end(xml);
  };
  return {
    scopes: options.scopes,
    async handle(call) {
      try {
        const { action, input } = parseQueryBody(call.body.toString("utf8"));
        const output = (await find(action)(input, call)) ?? {};
        const metadata = `<ResponseMetadata><RequestId>${call.requestId}</RequestId></ResponseMetadata>`;
        const result = renderElement(`${action}Result`, output);
        answer(call, 200, `<${action}Response xmlns="${xmlNamespace}">${result}${metadata}</${action}Response>`);
      } catch (error) {
        const known = toAwsError(error);
        if (call.res.headersSent) return void call.res.destroy();
        const Type = known.statusCode < 500 ? "Sender" : "Receiver";
        const fault = renderElement("Error", { Type, Code: known.code, Message: known.message, ...known.fields });
        const text = `<ErrorResponse xmlns="${xmlNamespace}">${fault}<RequestId>${call.requestId}</RequestId></ErrorResponse>`;
        answer(call, known.statusCode, text);
      }
    },
    operate: async (operation, input) => find(operation)(toQueryInput(input), createInnerCall(name, operation)),
    close: async () => options.close?.(),
  };
}
