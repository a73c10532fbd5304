import {
  type Build,
  type Document,
  type ExtractFailureCode,
  extractFailureTexts,
  type Step,
  type StepName,
  type Version,
  type VersionFailure,
} from "@samla/contracts";
import type { Embedder, EngineContext, NewEvent, VersionRecord } from "../kernel/index.ts";

/** What the API shows of a stored version. */
export const toVersion = (record: VersionRecord, document: Document): Version => {
  const { index: _i, multipartId: _m, lease: _l, ...version } = record;
  return { ...version, live: document.liveVersionId === record.id };
};

/** Starts a step, or starts it anew. */
export const startStep = (steps: readonly Step[], name: StepName, at: string, detail?: string): Step[] => [
  ...steps.filter((step) => step.name !== name),
  { name, status: "running", startedAt: at, ...(detail ? { detail } : {}) },
];

/** Ends a running step; a step that never ran is added as ended at once. */
export const endStep = (
  steps: readonly Step[],
  name: StepName,
  at: string,
  status: Step["status"] = "done",
  detail?: string,
): Step[] => {
  const running = steps.find((step) => step.name === name);
  return [
    ...steps.filter((step) => step.name !== name),
    {
      name,
      startedAt: running?.startedAt ?? at,
      ...(running?.detail ? { detail: running.detail } : {}),
      ...(detail ? { detail } : {}),
      status,
      endedAt: at,
    },
  ];
};

/** Ends whatever still runs, as a cancel or a failure does. */
export const endRunning = (steps: readonly Step[], at: string, status: Step["status"]): Step[] =>
  steps.map((step) => (step.status === "running" ? { ...step, status, endedAt: at } : step));

/** A failure in the words a person reads. */
export const failureOf = (code: ExtractFailureCode, step: StepName, detail: string): VersionFailure => ({
  code,
  step,
  ...extractFailureTexts[code],
  detail,
  retryable: code === "internal" || code === "timeout" || code === "cancelled",
});

const isRead = (version: VersionRecord): boolean => version.status === "ready" || version.status === "indexing";

/** Which reading a version's data is of; undefined while, or since, it was read again without success. */
export const readingOf = (version: Pick<VersionRecord, "status" | "attempt">): number | undefined =>
  version.status === "ready" || version.status === "indexing" ? version.attempt : undefined;

/** Copies onto the document what it shows of its head version. The title stays until a new one is read. */
export const mirrorHead = (document: Document, version: VersionRecord, at: string): Document => {
  if (document.headVersionId !== version.id) return { ...document, updatedAt: at };
  const { failure: _, title: shown, ...rest } = document;
  const title = isRead(version) ? version.title : shown;
  return {
    ...rest,
    status: version.status,
    sizeBytes: version.sizeBytes,
    passages: version.passages,
    vectors: version.vectors,
    pages: version.pages,
    updatedAt: at,
    ...(title ? { title } : {}),
    ...(version.kind ? { kind: version.kind } : {}),
    ...(version.language ? { language: version.language } : {}),
    ...(version.failure ? { failure: version.failure } : {}),
  };
};

/**
 * The version that searches should find: the head once it is read, else the newest that was read and waits for the
 * writer (its successor may yet fail), else the one that was live before.
 */
export const searchableVersionId = (document: Document, versions: readonly VersionRecord[]): string | undefined => {
  const head = versions.find((version) => version.id === document.headVersionId);
  if (head && isRead(head)) return head.id;
  const [waiting] = versions.filter((version) => version.status === "indexing").sort((a, b) => b.number - a.number);
  return waiting?.id ?? document.liveVersionId;
};

/** The embedder that makes the vectors of the build's table, when it has any and this process has it. */
export const embedderOf = (
  ctx: Pick<EngineContext, "embedders">,
  { config }: Pick<Build, "config">,
): Embedder | undefined => {
  const embedder = config.dimensions > 0 ? ctx.embedders.get(config.embedder) : undefined;
  return embedder?.dimensions === config.dimensions ? embedder : undefined;
};

/** The event of a document that is removed for good. */
export const purgedEventOf = (document: Document): NewEvent => ({
  action: "document.purged",
  outcome: "ok",
  summary: `removed "${document.name}" for good`,
  index: document.index,
  documentId: document.id,
});
