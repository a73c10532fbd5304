import type { LogLevel, MetricRange, ReleaseId, ReleaseKind, VerdictCause } from "@samla/contracts";
import { isReleaseOver } from "@samla/contracts/plain";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callAgents } from "../../lib/agents-api.ts";
import { callApi } from "../../lib/api.ts";
import { agentKeys } from "./keys.ts";

const movingEveryMs = 1500;
const restingEveryMs = 15_000;
const figuresEveryMs = 30_000;
const pageSize = 50;

/** Often while a release rolls; else what others do comes by the timeline, or a little later. */
const everyFor = (isMoving: boolean | undefined): number => (isMoving ? movingEveryMs : restingEveryMs);

export const agentListOptions = () =>
  queryOptions({
    queryKey: agentKeys.list,
    queryFn: ({ signal }) => callAgents("agents.list", { signal }),
    refetchInterval: (query) => everyFor(query.state.data?.items.some((one) => one.busy)),
  });

export const agentOptions = (agent: string) =>
  queryOptions({
    queryKey: agentKeys.one(agent),
    queryFn: ({ signal }) => callAgents("agents.get", { params: { agent }, signal }),
    refetchInterval: (query) => everyFor(query.state.data?.busy !== undefined),
  });

/** All releases, newest first, as far back as the first. */
export const releasesOptions = (agent: string, kind: ReleaseKind | null) =>
  infiniteQueryOptions({
    queryKey: agentKeys.releases(agent, kind ?? "all"),
    queryFn: ({ signal, pageParam }) =>
      callAgents("agents.releases", {
        params: { agent },
        query: { limit: pageSize, ...(kind ? { kind } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: (query) =>
      everyFor(query.state.data?.pages[0]?.items.some((release) => release.status === "rolling")),
  });

export const releaseOptions = (agent: string, releaseId: string) =>
  queryOptions({
    queryKey: agentKeys.release(agent, releaseId),
    queryFn: ({ signal }) =>
      callAgents("agents.release", { params: { agent, releaseId: releaseId as ReleaseId }, signal }),
    refetchInterval: ({ state: { data } }) =>
      !data || data.status === "rolling" || (isReleaseOver(data.status) && !data.verdict && data.kind !== "scale")
        ? movingEveryMs
        : restingEveryMs,
  });

export const differencesOptions = (agent: string, from: string, to: string) =>
  queryOptions({
    queryKey: agentKeys.differences(agent, from, to),
    queryFn: ({ signal }) =>
      callAgents("agents.differences", {
        params: { agent, releaseId: from as ReleaseId },
        query: { to: to as ReleaseId },
        signal,
      }),
    // Two releases differ for ever as they do now.
    staleTime: Number.POSITIVE_INFINITY,
  });

export type TaskFilter = { state: "running" | "stopped"; releaseId: string | null; cause: VerdictCause | null };

export const tasksOptions = (agent: string, { state, releaseId, cause }: TaskFilter) =>
  infiniteQueryOptions({
    queryKey: agentKeys.tasks(agent, state, `${releaseId ?? ""} ${cause ?? ""}`),
    queryFn: ({ signal, pageParam }) =>
      callAgents("agents.tasks", {
        params: { agent },
        query: {
          state,
          limit: pageSize,
          ...(releaseId ? { releaseId: releaseId as ReleaseId } : {}),
          ...(cause ? { cause } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: (query) =>
      everyFor(
        query.state.data?.pages[0]?.items.some((task) => task.state === "starting" || task.state === "stopping"),
      ),
  });

export const taskOptions = (agent: string, taskId: string) =>
  queryOptions({
    queryKey: agentKeys.task(agent, taskId),
    queryFn: ({ signal }) => callAgents("agents.task", { params: { agent, taskId }, signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.state === "stopped" ? false : data?.state === "running" ? 5000 : movingEveryMs,
  });

export type LogFilter = { task: string | null; q: string; level: LogLevel | null };

const logQueryOf = ({ task, q, level }: LogFilter) => ({
  ...(task ? { taskId: task } : {}),
  ...(q.trim() ? { q: q.trim() } : {}),
  ...(level ? { level } : {}),
});

/** The log from `at` on (`oldest`) or back from it (`newest`), a page at a time; lines of a page are oldest first. */
export const logsOptions = (agent: string, filter: LogFilter, order: "newest" | "oldest", at: string | undefined) =>
  infiniteQueryOptions({
    queryKey: agentKeys.logs(agent, JSON.stringify([filter, order, at ?? ""])),
    queryFn: ({ signal, pageParam }) =>
      callAgents("agents.logs", {
        params: { agent },
        query: {
          ...logQueryOf(filter),
          order,
          limit: 200,
          ...(at ? (order === "newest" ? { to: at } : { from: at }) : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

export const metricsOptions = (agent: string, range: MetricRange) =>
  queryOptions({
    queryKey: agentKeys.metrics(agent, range),
    queryFn: ({ signal }) => callAgents("agents.metrics", { params: { agent }, query: { range }, signal }),
    refetchInterval: figuresEveryMs,
    placeholderData: keepPreviousData,
  });

export const scalingOptions = (agent: string) =>
  queryOptions({
    queryKey: agentKeys.scaling(agent),
    queryFn: ({ signal }) => callAgents("agents.scaling", { params: { agent }, signal }),
    refetchInterval: restingEveryMs,
  });

export type ChainStart = { answerId?: string; taskId?: string; releaseId?: string; digest?: string };

/** What an answer, a task, a release or an image hangs together with; from the live release without a start. */
export const chainOptions = (agent: string, start: ChainStart) =>
  queryOptions({
    queryKey: agentKeys.chain(agent, JSON.stringify(start)),
    queryFn: ({ signal }) =>
      callAgents("agents.chain", {
        params: { agent },
        query: { ...start, ...(start.releaseId ? { releaseId: start.releaseId as ReleaseId } : {}) } as object,
        signal,
      }),
    staleTime: 30_000,
  });

/** The indexes that a setting may name. */
export const indexChoicesOptions = () =>
  queryOptions({
    queryKey: ["indexes", "list"],
    queryFn: async ({ signal }) => (await callApi("indexes.list", { query: { limit: 200 }, signal })).items,
    staleTime: 30_000,
  });

export const embedderChoicesOptions = () =>
  queryOptions({
    queryKey: ["embedders"],
    queryFn: async ({ signal }) => (await callApi("embedders.list", { signal })).items,
    staleTime: 5 * 60_000,
  });
