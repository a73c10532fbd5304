import "server-only";
import { asProblem, Me } from "@samla/contracts";
import { type Actor, Failure } from "@samla/core/kernel";
import { currentSessionId, getSessions } from "./context.ts";
import { getEnv } from "./env.ts";
import { sendUpstream } from "./upstream.ts";

const timeoutMs = 10_000;
/** A change of roles takes effect within this time, as with the API's authorizer. */
const cacheMs = 5_000;
const cacheSizeMax = 500;
const cache = new Map<string, { actor: Actor; untilMs: number }>();

/** Asks the API with the bearer of the current session; undefined without one. Throws our failures. */
export const askApi = async (path: string): Promise<unknown> => {
  const id = await currentSessionId();
  const session = id ? await getSessions().use(id) : undefined;
  if (!session) return undefined;
  const answer = await sendUpstream({
    url: new URL(`${getEnv().SAMLA_API_URL.replace(/\/$/, "")}${path}`),
    method: "GET",
    headers: { accept: "application/json", authorization: `Bearer ${session.tokens.accessToken}` },
    timeoutMs,
  });
  const json: unknown = JSON.parse(answer.body.toString("utf8") || "null");
  if (answer.status === 200) return json;
  const problem = asProblem(json);
  throw new Failure(problem?.code ?? "unavailable", problem?.detail ?? `The API answered ${answer.status}.`, {
    nextStep: problem?.nextStep ?? "Try again in a moment.",
  });
};

/** Who asks, with the roles that the API says they have; undefined when the session is over. */
export const findActor = async (): Promise<Actor | undefined> => {
  const id = await currentSessionId();
  if (!id) return undefined;
  const session = await getSessions().use(id);
  if (!session) return undefined;
  const known = cache.get(id);
  if (known && known.untilMs > Date.now()) return known.actor;
  let me: unknown;
  try {
    me = await askApi("/me");
  } catch (error) {
    if (error instanceof Failure && error.code === "unauthenticated") return undefined;
    throw error;
  }
  const parsed = Me.parse(me);
  const actor: Actor = {
    kind: parsed.kind,
    id: parsed.id,
    name: parsed.name,
    ...(parsed.email ? { email: parsed.email } : {}),
    roles: parsed.roles,
    groups: parsed.groups,
  };
  if (cache.size >= cacheSizeMax) cache.clear();
  cache.set(id, { actor, untilMs: Date.now() + cacheMs });
  return actor;
};
