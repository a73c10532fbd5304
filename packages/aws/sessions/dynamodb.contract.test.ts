import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, needs, startTestAws } from "../testing.ts";
import type { TestResources } from "../testing-resources.ts";
import { createDynamoSessionStore } from "./dynamodb.ts";
import type { SessionStore, StoredSession } from "./session-store.ts";

let aws: TestResources;
let store: SessionStore;
let clock = Date.now();

beforeAll(async () => {
  aws = await startTestAws("tables");
  store = createDynamoSessionStore({ table: aws.tables.sessions, now: () => clock });
});
afterAll(() => aws?.close());

let made = 0;
const make = async (userId: string, lifeMs = 60_000): Promise<StoredSession> => {
  made += 1;
  const session: StoredSession = {
    id: `session-${made}`,
    userId,
    sealed: `sealed-${made}`,
    createdAtMs: clock,
    expiresAtMs: Math.floor((clock + lifeMs) / 1000) * 1000,
    revision: 1,
  };
  await store.create(session);
  return session;
};

describe("sessions in DynamoDB", () => {
  it("come back as they were written, and only once per id", async () => {
    const session = await make("u-1");
    expect(await store.get(session.id)).toEqual(session);
    expect(await store.get("no-such")).toBeUndefined();
    await expect(store.create(session)).rejects.toThrow();
  });

  it("are over at their end, before the table removes them", async () => {
    const session = await make("u-1");
    clock += 61_000;
    expect(await store.get(session.id)).toBeUndefined();
  });

  it("are changed by one holder of the lease at a time", async ({ skip }) => {
    needs(aws, "concurrency", skip);
    const { id } = await make("u-2");
    const leases = await Promise.all([1, 2, 3, 4].map(() => store.lease(id, 1, 10_000)));
    expect(leases.filter(Boolean)).toHaveLength(1);
    expect(await store.replace(id, 1, { sealed: "new", expiresAtMs: clock + 60_000 })).toBe(true);
    expect(await store.get(id)).toMatchObject({ sealed: "new", revision: 2 });
    expect(await store.replace(id, 1, { sealed: "late", expiresAtMs: clock + 60_000 })).toBe(false);
    expect(await store.lease(id, 1, 10_000)).toBe(false);
    expect(await store.lease(id, 2, 10_000)).toBe(true);
    await store.release(id, 2);
    expect(await store.lease(id, 2, 10_000)).toBe(true);
  });

  it("can be leased anew when a holder died", async () => {
    const { id } = await make("u-2");
    expect(await store.lease(id, 1, 10_000)).toBe(true);
    clock += 10_001;
    expect(await store.lease(id, 1, 10_000)).toBe(true);
  });

  it("are never made again by a change that comes after their end", async () => {
    const { id } = await make("u-3");
    await store.remove(id);
    expect(await store.replace(id, 1, { sealed: "x", expiresAtMs: clock + 60_000 })).toBe(false);
    expect(await store.lease(id, 1, 1_000)).toBe(false);
    expect(await store.get(id)).toBeUndefined();
  });

  it("end all together for one person and leave those of others", async () => {
    const mine = [await make("u-4"), await make("u-4"), await make("u-4")];
    const other = await make("u-5");
    let removed = 0;
    await expect
      .poll(async () => {
        removed += await store.removeAllOf("u-4");
        return removed >= 3;
      }, eventually)
      .toBe(true);
    if (!process.env.SAMLA_TEST_AWS_ENDPOINT) expect(removed).toBe(3);
    for (const { id } of mine) expect(await store.get(id)).toBeUndefined();
    expect(await store.get(other.id)).toBeDefined();
  });
});
