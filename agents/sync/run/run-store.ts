import { ApiError, type Client } from "@samla/contracts";
import type { Row, Run } from "./report.ts";

const keepSeconds = 400 * 86_400;
const leaseMs = 60_000;

type Lease = { runId: string; untilMs: number };
const codeOf = (error: unknown): string => (error instanceof ApiError ? error.problem.code : "");

/** Another run has the lease. */
export class Busy extends Error {
  readonly runId: string;
  constructor(runId: string) {
    super(`The run ${runId} is under way.`);
    this.runId = runId;
  }
}

/**
 * Reports of runs and the lease that lets one run go at a time, as notes of the agent's machine account: they outlive the
 * task, and compare-and-set holds between two tasks. `label` keeps several sources of one account apart.
 */
export const createRunStore = (client: Client, label: string, now: () => number = Date.now) => {
  const keys = {
    run: (id: string) => `run.${label}.${id}`,
    rows: (id: string) => `rows.${label}.${id}`,
    cancel: (id: string) => `cancel.${label}.${id}`,
    lease: `lease.${label}`,
  };
  const get = async (note: string) => {
    try {
      return await client.call("notes.get", { params: { note } });
    } catch (error) {
      if (codeOf(error) === "not_found") return undefined;
      throw error;
    }
  };
  const put = (note: string, value: unknown, more: { ifRevision?: number; ttlSeconds?: number } = {}) =>
    client.call("notes.put", { params: { note }, body: { value, ...more } });
  const getRun = async (id: string): Promise<Run | undefined> => (await get(keys.run(id)))?.value as Run | undefined;
  const saveRun = (run: Run): Promise<unknown> => put(keys.run(run.id), run, { ttlSeconds: keepSeconds });

  return {
    getRun,
    saveRun,
    getRows: async (id: string): Promise<Row[]> => ((await get(keys.rows(id)))?.value ?? []) as Row[],
    saveRows: (id: string, rows: Row[]): Promise<unknown> => put(keys.rows(id), rows, { ttlSeconds: keepSeconds }),
    /** Newest first. */
    listRuns: async (limit: number, cursor?: string): Promise<{ items: Run[]; nextCursor?: string }> => {
      const page = await client.call("notes.list", {
        query: { prefix: `run.${label}.`, order: "desc", limit, ...(cursor ? { cursor } : {}) },
      });
      return {
        items: page.items.map(({ value }) => value as Run),
        ...(page.nextCursor ? { nextCursor: page.nextCursor } : {}),
      };
    },
    /** Asks whichever task has the run to end it. */
    askToCancel: (id: string): Promise<unknown> => put(keys.cancel(id), true, { ttlSeconds: 86_400 }),
    isCancelAsked: async (id: string): Promise<boolean> => (await get(keys.cancel(id))) !== undefined,
    /**
     * Takes the lease for a run, from nobody or from one whose time is over; that one's run is then written down as lost.
     * Throws `Busy`.
     */
    takeLease: async (runId: string) => {
      const found = await get(keys.lease);
      const held = found?.value as Lease | undefined;
      if (held?.runId && held.untilMs > now()) throw new Busy(held.runId);
      let revision: number;
      const write = async (lease: Lease, ifRevision: number): Promise<number> =>
        (await put(keys.lease, lease, { ifRevision })).revision;
      try {
        revision = await write({ runId, untilMs: now() + leaseMs }, found?.revision ?? 0);
      } catch (error) {
        if (codeOf(error) !== "precondition_failed") throw error;
        throw new Busy(((await get(keys.lease))?.value as Lease | undefined)?.runId ?? "another");
      }
      const before = held?.runId ? await getRun(held.runId) : undefined;
      if (before?.status === "running")
        await saveRun({
          ...before,
          status: "lost",
          problem: {
            detail: "The task ended in the middle of this run.",
            nextStep:
              "Nothing is to be done: the next run does what is missing. Look at the agent's stopped tasks for why.",
          },
        });
      return {
        /** Throws `ApiError` `precondition_failed` when another run took it. */
        renew: async (): Promise<void> => {
          revision = await write({ runId, untilMs: now() + leaseMs }, revision);
        },
        release: async (): Promise<void> => {
          await write({ runId: "", untilMs: 0 }, revision);
        },
      };
    },
  };
};
export type RunStore = ReturnType<typeof createRunStore>;
