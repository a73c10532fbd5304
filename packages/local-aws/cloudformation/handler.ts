import { AwsError } from "../kernel/errors.ts";
import type { CallOperation } from "../kernel/operations.ts";
import type { Identity } from "../kernel/types.ts";
import type { ObjectShape } from "./shapes.ts";
import type { Json } from "./template.ts";

export type Tag = { Key: string; Value: string };

/** What a handler gets for one action on one resource. */
export type HandlerContext = {
  call: CallOperation;
  identity: Identity;
  stack: { id: string; name: string };
  logicalId: string;
  /** The same each time one action is tried again: names of things that have none of their own come from it. */
  token: string;
  /** The process ended during this action: what is to be created may be there already. */
  resumed: boolean;
  /** Aborted when the action is cancelled or the stand-in ends. */
  signal: AbortSignal;
  /** Tags of the stack, for resources that take tags. */
  tags: Tag[];
  /** The resource exists from now on, even if it is not ready. Kept before this returns. */
  announce(physicalId: string): void;
};

export type Made = { physicalId: string; attributes: Record<string, unknown> };

/** One resource type. Properties come normalized by its shape. All actions may be repeated. */
export type ResourceHandler = {
  shape: ObjectShape;
  /** Properties whose change needs a new resource. */
  createOnly: readonly string[];
  /** The property that names the resource: with it, a new one cannot stand beside the old one. */
  nameProperty?: string;
  /** Names that `Fn::GetAtt` may ask for. */
  attributes: readonly string[];
  create(context: HandlerContext, properties: Json): Promise<Made>;
  update(context: HandlerContext, physicalId: string, properties: Json, previous: Json): Promise<Made>;
  /** What is not there is deleted. */
  remove(context: HandlerContext, physicalId: string, properties: Json): Promise<void>;
  /** Properties as they are now, at least those that the template may set; undefined: it does not exist. */
  read(context: HandlerContext, physicalId: string, properties: Json): Promise<Json | undefined>;
  /** Physical id of what exists already under these properties' name, to be imported. */
  find?(context: HandlerContext, properties: Json): Promise<string | undefined>;
};

/** A failure of a resource, with the code that AWS's handlers give. */
export class HandlerError extends Error {
  readonly code: string;
  constructor(message: string, code: "GeneralServiceException" | "NotStabilized" | "AlreadyExists" | "InvalidRequest") {
    super(message);
    this.code = code;
  }
}

const CODES: [RegExp, string][] = [
  [/NotFound|NotExist/, "NotFound"],
  [/AlreadyExist|InUse|Duplicate/, "AlreadyExists"],
  [/AccessDenied|Unauthorized/, "AccessDenied"],
  [/Throttl|TooManyRequests/, "Throttling"],
  [/LimitExceeded|TooMany/, "ServiceLimitExceeded"],
];

/** A failure in the words of stack events: `Resource handler returned message: "…" (RequestToken: …, HandlerErrorCode: …)`. */
export function describeFailure(error: unknown, token: string): string {
  const [message, code] = readFailure(error);
  return `Resource handler returned message: "${message}" (RequestToken: ${token}, HandlerErrorCode: ${code})`;
}

function readFailure(error: unknown): [string, string] {
  if (error instanceof HandlerError) return [error.message, error.code];
  if (!(error instanceof AwsError)) return [error instanceof Error ? error.message : String(error), "InternalFailure"];
  const known = CODES.find(([pattern]) => pattern.test(error.code))?.[1];
  const code = known ?? (error.statusCode >= 500 ? "GeneralServiceException" : "InvalidRequest");
  return [`${error.message} (${error.code}, Status Code: ${error.statusCode})`, code];
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof AwsError && /NotFound|NotExist|ResourceNotFound/.test(error.code);

/** Runs `work`; what is not there counts as done. */
export async function ignoreNotFound<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Waits `ms` or until the signal; @throws the signal's reason */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** `Agents-Targets-1A2B3C4D5E6F`: a name for what has none, of at most `length` characters. */
export function inventName(context: HandlerContext, length: number): string {
  const suffix = context.token.replaceAll("-", "").slice(0, 12).toUpperCase();
  const stem = `${context.stack.name}-${context.logicalId}`.slice(0, length - suffix.length - 1).replace(/-+$/, "");
  return `${stem}-${suffix}`;
}

/** Tags of the resource and of the stack, the resource's own first. */
export function mergeTags(own: unknown, ofStack: readonly Tag[]): Tag[] {
  const merged = new Map(ofStack.map((tag) => [tag.Key, tag]));
  for (const tag of (own ?? []) as Tag[]) merged.set(tag.Key, tag);
  return [...merged.values()];
}
