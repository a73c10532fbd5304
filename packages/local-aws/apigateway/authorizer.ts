import type { RestApiConfig } from "../config.ts";
import type { InvokePort } from "../kernel/types.ts";
import { decodeFunctionError } from "../lambda/function-error.ts";
import { evaluatePolicy } from "./policy.ts";
import { GatewayProblem } from "./problem.ts";

/** An authorizer is a REQUEST authorizer unless its configuration says TOKEN. */
export type AuthorizerConfig = RestApiConfig["authorizers"][number] & { type?: "REQUEST" | "TOKEN" };

export type AuthorizerRequest = {
  methodArn: string;
  header(name: string): string | undefined;
  /** The REQUEST event without `type` and `methodArn`. */
  buildEvent(): Record<string, unknown>;
};

export type Authorization = {
  principalId: string;
  /** For `requestContext.authorizer`: all values are strings, as API Gateway makes them. */
  context: Record<string, string>;
  /** The API key of a usage plan, for an API that takes keys from its authorizer. */
  usageIdentifierKey?: string;
};

type Decision = Authorization & { policyDocument: unknown };

const CACHE_ENTRIES = 5000;

/** A Lambda authorizer with its cache: one decision per identity, valid for every method its policy names. */
export class Authorizer {
  readonly #config: AuthorizerConfig;
  readonly #invoke: InvokePort;
  readonly #identityHeaders: string[];
  readonly #now: () => number;
  readonly #cache = new Map<string, { decision: Promise<Decision>; expiresMs: number }>();

  constructor(config: AuthorizerConfig, invoke: InvokePort, now: () => number = Date.now) {
    this.#config = config;
    this.#invoke = invoke;
    this.#now = now;
    this.#identityHeaders = config.identityHeader
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "");
  }

  /**
   * Who is calling, and whether the policy allows this method.
   * @throws GatewayProblem 401 without or with refused identity, 500 when the authorizer fails
   */
  async authorize(request: AuthorizerRequest): Promise<Authorization & { isAllowed: boolean }> {
    const identities = this.#identityHeaders.map((name) => request.header(name));
    if (identities.some((identity) => identity === undefined || identity === ""))
      throw new GatewayProblem("UNAUTHORIZED", `The request header ${this.#config.identityHeader} is missing.`, {
        headers: { "www-authenticate": "Bearer" },
      });
    const decision = await this.#decide(identities.join("\n"), request);
    try {
      return { ...decision, isAllowed: evaluatePolicy(decision.policyDocument, request.methodArn) === "allow" };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new GatewayProblem("AUTHORIZER_CONFIGURATION_ERROR", reason);
    }
  }

  #decide(key: string, request: AuthorizerRequest): Promise<Decision> {
    const ttlMs = this.#config.ttlSeconds * 1000;
    if (ttlMs <= 0 || this.#identityHeaders.length === 0) return this.#ask(key, request);
    const now = this.#now();
    const known = this.#cache.get(key);
    if (known && known.expiresMs > now) return known.decision;
    const decision = this.#ask(key, request);
    const entry = { decision, expiresMs: now + ttlMs };
    this.#cache.delete(key);
    this.#cache.set(key, entry);
    if (this.#cache.size > CACHE_ENTRIES) {
      const oldest = this.#cache.keys().next().value;
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    // A failure is not a decision.
    decision.catch(() => {
      if (this.#cache.get(key) === entry) this.#cache.delete(key);
    });
    return decision;
  }

  async #ask(identity: string, request: AuthorizerRequest): Promise<Decision> {
    const event =
      this.#config.type === "TOKEN"
        ? { type: "TOKEN", authorizationToken: identity, methodArn: request.methodArn }
        : { type: "REQUEST", methodArn: request.methodArn, ...request.buildEvent() };
    const payload = Buffer.from(JSON.stringify(event));
    const result = await this.#invoke
      .invoke(this.#config.function, payload, "requestResponse")
      .catch((error: unknown) => {
        console.error(`Authorizer ${this.#config.name}:`, error);
        throw new GatewayProblem("AUTHORIZER_FAILURE", "The authorizer could not be run. Try again.");
      });
    if (result.functionError) {
      const { errorMessage } = decodeFunctionError(result.payload);
      if (errorMessage === "Unauthorized")
        throw new GatewayProblem("UNAUTHORIZED", "The credentials are not valid or have expired.", {
          headers: { "www-authenticate": 'Bearer error="invalid_token"' },
        });
      throw new GatewayProblem("AUTHORIZER_FAILURE", "The authorizer failed. Try again.");
    }
    return readDecision(result.payload);
  }
}

function readDecision(payload: Buffer): Decision {
  const refuse = (detail: string) => new GatewayProblem("AUTHORIZER_CONFIGURATION_ERROR", detail);
  let answer: Record<string, unknown> | null;
  try {
    answer = JSON.parse(payload.toString("utf8")) as Record<string, unknown> | null;
  } catch {
    throw refuse("The authorizer's answer is not JSON.");
  }
  const principalId = answer?.principalId;
  if (!answer || typeof principalId !== "string") throw refuse("The authorizer's answer has no principalId.");
  const context: Record<string, string> = {};
  for (const [name, value] of Object.entries((answer.context ?? {}) as Record<string, unknown>)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "object")
      throw refuse(
        `The authorizer's context value ${name} is an object; only text, numbers and booleans can be passed.`,
      );
    context[name] = String(value);
  }
  return {
    principalId,
    context,
    ...(typeof answer.usageIdentifierKey === "string" ? { usageIdentifierKey: answer.usageIdentifierKey } : {}),
    policyDocument: answer.policyDocument,
  };
}
