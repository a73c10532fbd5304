import "server-only";
import type { SessionStore, StoredSession } from "@samla/aws/sessions/session-store";
import { SignInEndedError, type Tokens } from "./oidc.ts";
import { createSessionId, hashSessionId, seal, unseal } from "./seal.ts";

export const idleLifeMs = 7 * 86_400_000;
export const longestLifeMs = 30 * 86_400_000;
/** Tokens that end sooner than this are renewed before use. */
const renewBeforeMs = 30_000;
const leaseMs = 15_000;
const cacheMs = 3_000;
const cacheSizeMax = 1_000;

export type Session = { id: string; userId: string; tokens: Tokens; createdAtMs: number; revision: number };

export type SessionServiceOptions = {
  store: SessionStore;
  secret: string;
  /** Trades tokens for new ones; `SignInEndedError` when the issuer refuses for good. */
  refresh: (tokens: Tokens) => Promise<Tokens>;
  now?: () => number;
  wait?: (ms: number) => Promise<void>;
};

const purpose = "session-tokens";

/**
 * Sessions: made at sign-in, read at each call, renewed when the access token runs out, ended at sign-out.
 * A read is kept for 3 s in memory, so a session ended by another process is refused at the latest after that.
 */
export const createSessionService = ({
  store,
  secret,
  refresh,
  now = Date.now,
  wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}: SessionServiceOptions) => {
  const cache = new Map<string, { session: Session; untilMs: number }>();
  const renewals = new Map<string, Promise<Session | undefined>>();

  const keep = (session: Session): Session => {
    if (cache.size >= cacheSizeMax) cache.clear();
    cache.set(session.id, { session, untilMs: now() + cacheMs });
    return session;
  };

  const open = (id: string, stored: StoredSession): Session | undefined => {
    const tokens = unseal(secret, purpose, stored.sealed) as Tokens | undefined;
    return tokens && { id, userId: stored.userId, tokens, createdAtMs: stored.createdAtMs, revision: stored.revision };
  };

  const load = async (id: string): Promise<Session | undefined> => {
    const stored = await store.get(hashSessionId(id));
    const session = stored && open(id, stored);
    return session && keep(session);
  };

  const end = async (id: string): Promise<void> => {
    cache.delete(id);
    await store.remove(hashSessionId(id));
  };

  const renewLeased = async (session: Session): Promise<Session | undefined> => {
    const hash = hashSessionId(session.id);
    try {
      const tokens = await refresh(session.tokens);
      const expiresAtMs = Math.min(now() + idleLifeMs, session.createdAtMs + longestLifeMs);
      const written = await store.replace(hash, session.revision, {
        sealed: seal(secret, purpose, tokens),
        expiresAtMs,
      });
      return written ? keep({ ...session, tokens, revision: session.revision + 1 }) : load(session.id);
    } catch (error) {
      if (error instanceof SignInEndedError) {
        await end(session.id);
        return undefined;
      }
      await store.release(hash, session.revision);
      throw error;
    }
  };

  // One renewal at a time in all processes: a rotated refresh token that is used twice ends the sign-in.
  const renew = async (session: Session): Promise<Session | undefined> => {
    const deadlineMs = now() + leaseMs;
    while (now() < deadlineMs) {
      if (await store.lease(hashSessionId(session.id), session.revision, leaseMs)) return renewLeased(session);
      const stored = await store.get(hashSessionId(session.id));
      if (!stored) return undefined;
      if (stored.revision !== session.revision) {
        const renewed = open(session.id, stored);
        return renewed && keep(renewed);
      }
      await wait(100);
    }
    throw new Error("The sign-in could not be renewed in time.");
  };

  const renewOnce = (session: Session): Promise<Session | undefined> => {
    const running = renewals.get(session.id);
    if (running) return running;
    const started = renew(session).finally(() => renewals.delete(session.id));
    renewals.set(session.id, started);
    return started;
  };

  return {
    /** Makes a session and gives its id, which goes into the cookie and nowhere else. */
    async begin(userId: string, tokens: Tokens): Promise<string> {
      const id = createSessionId();
      const createdAtMs = now();
      await store.create({
        id: hashSessionId(id),
        userId,
        sealed: seal(secret, purpose, tokens),
        createdAtMs,
        expiresAtMs: createdAtMs + idleLifeMs,
        revision: 1,
      });
      return id;
    },
    /** The session with an access token that is good for now; undefined when it has ended. */
    async use(id: string): Promise<Session | undefined> {
      const cached = cache.get(id);
      const session = cached && cached.untilMs > now() ? cached.session : await load(id);
      if (!session || session.tokens.expiresAtMs - now() > renewBeforeMs) return session;
      try {
        return await renewOnce(session);
      } catch (error) {
        if (session.tokens.expiresAtMs > now()) return session;
        throw error;
      }
    },
    /** New tokens although the old ones seemed good: the API has refused them. */
    renew: renewOnce,
    /** The session without renewing it, for signing out. */
    peek: load,
    end,
    async endAllOf(userId: string): Promise<number> {
      for (const [id, { session }] of cache) if (session.userId === userId) cache.delete(id);
      return store.removeAllOf(userId);
    },
  };
};
export type SessionService = ReturnType<typeof createSessionService>;
