import type { SessionStore, StoredSession } from "@samla/aws/sessions/session-store";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Tokens } from "./oidc.ts";

vi.mock("server-only", () => ({}));
const { createSessionService } = await import("./sessions.ts");
const { SignInEndedError } = await import("./oidc.ts");

const secret = "s".repeat(32);
let nowMs = 1_000_000;

const createMemoryStore = () => {
  const rows = new Map<string, StoredSession & { leaseUntilMs?: number }>();
  const store: SessionStore = {
    async get(id) {
      const row = rows.get(id);
      return row && row.expiresAtMs > nowMs ? { ...row } : undefined;
    },
    async create(session) {
      rows.set(session.id, { ...session });
    },
    async lease(id, revision, leaseMs) {
      const row = rows.get(id);
      if (!row || row.revision !== revision || (row.leaseUntilMs ?? 0) > nowMs) return false;
      row.leaseUntilMs = nowMs + leaseMs;
      return true;
    },
    async replace(id, revision, change) {
      const row = rows.get(id);
      if (!row || row.revision !== revision) return false;
      rows.set(id, { ...row, ...change, revision: revision + 1, leaseUntilMs: undefined });
      return true;
    },
    async release(id) {
      const row = rows.get(id);
      if (row) row.leaseUntilMs = undefined;
    },
    async remove(id) {
      rows.delete(id);
    },
    async removeAllOf(userId) {
      const mine = [...rows.values()].filter((row) => row.userId === userId);
      for (const row of mine) rows.delete(row.id);
      return mine.length;
    },
  };
  return { store, rows };
};

const tokens = (n: number, lifeMs = 900_000): Tokens => ({
  accessToken: `access-${n}`,
  refreshToken: `refresh-${n}`,
  expiresAtMs: nowMs + lifeMs,
});

describe("sessions", () => {
  let memory: ReturnType<typeof createMemoryStore>;
  let refreshed: string[];
  const refresh = async (old: Tokens): Promise<Tokens> => {
    refreshed.push(old.refreshToken ?? "");
    await Promise.resolve();
    return tokens(refreshed.length + 1);
  };
  const serve = (refreshWith = refresh) =>
    createSessionService({
      store: memory.store,
      secret,
      refresh: refreshWith,
      now: () => nowMs,
      wait: async (ms) => {
        nowMs += ms;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });

  beforeEach(() => {
    nowMs = 1_000_000;
    memory = createMemoryStore();
    refreshed = [];
  });

  it("survive a restart of the process", async () => {
    const id = await serve().begin("u-1", tokens(1));
    expect((await serve().use(id))?.tokens.accessToken).toBe("access-1");
  });

  it("keep neither the id nor the tokens readable in the store", async () => {
    const id = await serve().begin("u-1", tokens(1));
    const kept = JSON.stringify([...memory.rows.values()]);
    expect(kept).not.toContain(id);
    expect(kept).not.toContain("access-1");
    expect(kept).not.toContain("refresh-1");
  });

  it("renew a token that runs out once, however many calls and processes ask", async () => {
    const [a, b] = [serve(), serve()];
    const id = await a.begin("u-1", tokens(1, 10_000));
    const used = await Promise.all([a.use(id), a.use(id), b.use(id), b.use(id)]);
    expect(refreshed).toEqual(["refresh-1"]);
    expect(new Set(used.map((session) => session?.tokens.accessToken))).toEqual(new Set(["access-2"]));
  });

  it("end when the issuer refuses the renewal", async () => {
    const service = serve(async () => {
      throw new SignInEndedError("revoked");
    });
    const id = await service.begin("u-1", tokens(1, -1));
    expect(await service.use(id)).toBeUndefined();
    expect(memory.rows.size).toBe(0);
  });

  it("outlive an issuer that is down while the access token is still good, and recover afterwards", async () => {
    let down = true;
    const service = serve(async (old) => {
      if (down) throw new Error("connection refused");
      return refresh(old);
    });
    const id = await service.begin("u-1", tokens(1, 10_000));
    expect((await service.use(id))?.tokens.accessToken).toBe("access-1");
    nowMs += 11_000;
    await expect(service.use(id)).rejects.toThrow("connection refused");
    down = false;
    expect((await service.use(id))?.tokens.accessToken).toBe("access-2");
  });

  it("are gone everywhere after signing out everywhere, and only those of that person", async () => {
    const [a, b] = [serve(), serve()];
    const mine = [await a.begin("u-1", tokens(1)), await b.begin("u-1", tokens(2))];
    const other = await a.begin("u-2", tokens(3));
    for (const id of mine) await b.use(id);
    expect(await a.endAllOf("u-1")).toBe(2);
    nowMs += 3_001;
    for (const id of mine) for (const service of [a, b]) expect(await service.use(id)).toBeUndefined();
    expect(await b.use(other)).toBeDefined();
  });

  it("end by themselves after a week without use", async () => {
    const service = serve();
    const id = await service.begin("u-1", tokens(1, 30 * 86_400_000));
    nowMs += 7 * 86_400_000 + 1;
    expect(await service.use(id)).toBeUndefined();
  });
});
