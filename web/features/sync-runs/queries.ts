import type { SyncRun, SyncRunPage, SyncRunReport } from "@samla/contracts";
import { createAgentCaller } from "@samla/contracts/plain";
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { leaveWhenSignedOut } from "../../lib/api.ts";
import { csrfHeader, csrfValue } from "../../lib/csrf.ts";

/** The agent whose runs these are. */
export const syncAgentName = "sync";

const pageSize = 25;
const movingEveryMs = 1000;
const restingEveryMs = 15_000;
const timeoutMs = 20_000;

const callAgent = createAgentCaller({ baseUrl: "/api/v1", headers: () => ({ [csrfHeader]: csrfValue }) });

/** One call of the agent itself, which keeps its reports; typed by the contract. Throws `ApiError`. */
const callSync = async <T>(path: string, init: { body?: unknown; signal?: AbortSignal } = {}): Promise<T> => {
  try {
    const signals = [AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])];
    const response = await callAgent(syncAgentName, path, {
      ...(init.body === undefined ? {} : { method: "POST", body: init.body }),
      headers: { accept: "application/json" },
      signal: AbortSignal.any(signals),
    });
    return (await response.json()) as T;
  } catch (error) {
    leaveWhenSignedOut(error);
    throw error;
  }
};

const keys = {
  all: ["sync-runs"] as const,
  list: ["sync-runs", "list"] as const,
  one: (id: string) => ["sync-runs", "one", id] as const,
};

const everyFor = (run: SyncRun | undefined): number => (run?.status === "running" ? movingEveryMs : restingEveryMs);

/** All runs of the last 400 days, newest first. */
export const runsOptions = () =>
  infiniteQueryOptions({
    queryKey: keys.list,
    queryFn: ({ signal, pageParam }) =>
      callSync<SyncRunPage>(
        `/runs?${new URLSearchParams({ limit: String(pageSize), ...(pageParam ? { cursor: pageParam } : {}) })}`,
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: (query) => everyFor(query.state.data?.pages[0]?.items[0]),
  });

/** One run with its rows; of a run under way, those so far. */
export const runOptions = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => callSync<SyncRunReport>(`/runs/${id}`, { signal }),
    refetchInterval: ({ state: { data } }) => (data && data.status !== "running" ? false : movingEveryMs),
  });

export type StartInput = { dryRun?: true; allowDeletes?: number };

export const useStartRun = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: StartInput) => callSync<SyncRun>("/runs", { body: input }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
};

export const useCancelRun = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => callSync<SyncRun>(`/runs/${id}/cancel`, { body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
};
