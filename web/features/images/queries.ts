import type { FindingSeverity, LifecycleRule } from "@samla/contracts";
import type { imageShows } from "@samla/contracts/plain";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callAgents } from "../../lib/agents-api.ts";
import { callApi } from "../../lib/api.ts";
import { callImages } from "../../lib/images-api.ts";
import { imageKeys } from "./keys.ts";

const restingEveryMs = 30_000;
const scanningEveryMs = 1500;

export const repositoriesOptions = () =>
  queryOptions({
    queryKey: imageKeys.repositories,
    queryFn: ({ signal }) => callImages("images.repositories", { signal }),
    refetchInterval: restingEveryMs,
  });

export const repositoryOptions = (repository: string) =>
  queryOptions({
    queryKey: imageKeys.repository(repository),
    queryFn: ({ signal }) => callImages("images.repository", { params: { agent: repository }, signal }),
    refetchInterval: restingEveryMs,
  });

export type ImageShow = (typeof imageShows)[number];

export const imagesOptions = (repository: string, { q, show }: { q: string; show: ImageShow }) =>
  infiniteQueryOptions({
    queryKey: imageKeys.list(repository, `${show} ${q}`),
    queryFn: ({ signal, pageParam }) =>
      callImages("images.list", {
        params: { agent: repository },
        query: { limit: 50, show, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      query.state.data?.pages[0]?.items.some((image) => image.scan.state === "running")
        ? scanningEveryMs
        : restingEveryMs,
  });

export const findingsOptions = (repository: string, digest: string) =>
  queryOptions({
    queryKey: imageKeys.findings(repository, digest),
    queryFn: ({ signal }) => callImages("images.findings", { params: { agent: repository, digest }, signal }),
    refetchInterval: (query) => (query.state.data?.scan.state === "running" ? scanningEveryMs : false),
  });

export const inventoryOptions = (repository: string, digest: string) =>
  queryOptions({
    queryKey: imageKeys.inventory(repository, digest),
    queryFn: ({ signal }) => callImages("images.inventory", { params: { agent: repository, digest }, signal }),
    // What a digest names never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });

export const gateOptions = (repository: string) =>
  queryOptions({
    queryKey: imageKeys.gate(repository),
    queryFn: ({ signal }) => callImages("images.gateSettings", { params: { agent: repository }, signal }),
  });

export const lifecycleOptions = (repository: string) =>
  queryOptions({
    queryKey: imageKeys.lifecycle(repository),
    queryFn: ({ signal }) => callImages("images.lifecycle", { params: { agent: repository }, signal }),
  });

/** What rules would do now; what was simulated before stays until the new answer is in. */
export const simulationOptions = (repository: string, rules: readonly LifecycleRule[]) =>
  queryOptions({
    queryKey: imageKeys.simulation(repository, JSON.stringify(rules)),
    queryFn: ({ signal }) =>
      callImages("images.simulate", { params: { agent: repository }, body: { rules: [...rules] }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });

export type FindingFilter = { severity: FindingSeverity | null; show: "running" | "all"; q: string };

export const allFindingsOptions = ({ severity, show, q }: FindingFilter) =>
  queryOptions({
    queryKey: imageKeys.allFindings(JSON.stringify([severity, show, q])),
    queryFn: ({ signal }) =>
      callImages("images.allFindings", {
        query: { show, ...(severity ? { severity } : {}), ...(q ? { q } : {}) },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: restingEveryMs,
  });

export const findingOptions = (findingId: string) =>
  queryOptions({
    queryKey: imageKeys.finding(findingId),
    queryFn: ({ signal }) => callImages("images.finding", { params: { findingId }, signal }),
  });

export const replicationOptions = () =>
  queryOptions({
    queryKey: imageKeys.replication,
    queryFn: ({ signal }) => callImages("images.replication", { signal }),
    refetchInterval: restingEveryMs,
  });

/** What hangs together with an image: the releases and tasks that ran it, and the answers they gave. */
export const imageChainOptions = (repository: string, digest: string) =>
  queryOptions({
    queryKey: ["agents", "of", repository, "chain", digest],
    queryFn: ({ signal }) => callAgents("agents.chain", { params: { agent: repository }, query: { digest }, signal }),
    staleTime: 30_000,
  });

/** The newest answers that an image gave. */
export const touchedAnswersOptions = (digest: string) =>
  queryOptions({
    queryKey: ["answers", "of", "image", digest, "newest"],
    queryFn: ({ signal }) => callApi("answers.list", { query: { image: digest as never, limit: 20 }, signal }),
    staleTime: 15_000,
  });
