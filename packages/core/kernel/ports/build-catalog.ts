import type { Build, BuildFill, BuildStage, EventActor, Promotion } from "@samla/contracts";
import type { IndexRecord, NewEvent, Page } from "./records.ts";

/** A stage that makes data which builds may share. */
export type DataStage = Extract<BuildStage, "extract" | "split" | "embed">;

/** How far a build's data is, as stored: moved in the same transaction as the rows of its documents. */
export type FillRecord = Omit<BuildFill, "documentsPerSecond" | "secondsLeft"> & {
  /** Begins at 1 and grows with each start: messages of an earlier run are dropped. */
  run: number;
  /** When something was last done for it; milliseconds since the epoch. */
  movedAt: number;
  /** Documents that failed before this moment are tried again by the walk that is under way. */
  retryBefore?: string;
  /** How many were done at some moments of the last minutes, oldest first. */
  samples: { at: number; done: number }[];
};

/** What became of one document in one build. */
export type BuildDocumentRecord = {
  documentId: string;
  /** Both absent until something has become of it: the version that the table holds, or that failed. */
  versionId?: string;
  /** Which reading of that version it was; absent while it was being read again. */
  reading?: number | undefined;
  outcome?: "done" | "failed";
  reason?: string;
  nextStep?: string;
  passages: number;
  vectors: number;
  at: string;
  /** Work on a version: what has to be made for it, by whom, and until when that claim holds without a heartbeat. */
  work?: { versionId: string; made: DataStage[]; owner: string; until: number };
};

export type BuildChange = { build?: Build; fill?: FillRecord; event?: NewEvent };
export type BuildDocumentsChange = {
  rows?: BuildDocumentRecord[];
  /** Documents whose row goes. */
  removed?: string[];
  fill?: FillRecord;
};

/** Builds, what each holds, and which one is live. Compare-and-set as everything in the catalog. */
export interface BuildCatalog {
  getBuild(slug: string, buildId: string): Promise<Build | undefined>;
  /** All builds of an index in any status, newest first, as they are now. */
  listBuilds(slug: string): Promise<Build[]>;
  getFills(buildIds: string[]): Promise<Map<string, FillRecord>>;
  /** Throws `not_found` when the index is gone. */
  createBuild(build: Build, fill: FillRecord, event: NewEvent, actor: EventActor): Promise<void>;
  /**
   * Asks `decide` what becomes of a build and its fill and writes that in one transaction; asks again when somebody else
   * was faster. `decide` is pure and may throw. Undefined: nothing to do. Returns what is stored afterwards; undefined
   * when there is no such build.
   */
  changeBuild(
    slug: string,
    buildId: string,
    actor: EventActor,
    decide: (build: Build, fill: FillRecord | undefined) => BuildChange | undefined,
  ): Promise<{ build: Build; fill: FillRecord | undefined; changed: boolean } | undefined>;
  /** Takes the build of exactly this revision away and leaves a mark until its rows are gone. Throws `conflict`. */
  deleteBuild(build: Build, event: NewEvent, actor: EventActor): Promise<void>;
  listRemovedBuilds(): Promise<Build[]>;
  /** Removes some rows of a removed build, after `before` has seen them; true when none were left and the mark is gone too. */
  forgetBuild(slug: string, buildId: string, before: (rows: BuildDocumentRecord[]) => Promise<void>): Promise<boolean>;

  getBuildDocuments(buildId: string, documentIds: string[]): Promise<Map<string, BuildDocumentRecord>>;
  /** As `changeBuild`, for at most 50 documents of one build and its fill. Returns whether something was written. */
  changeBuildDocuments(
    buildId: string,
    documentIds: string[],
    decide: (rows: Map<string, BuildDocumentRecord>, fill: FillRecord | undefined) => BuildDocumentsChange | undefined,
  ): Promise<boolean>;
  /** Rows with an outcome; failed ones newest first. Throws `invalid_cursor`. */
  listBuildDocuments(query: {
    buildId: string;
    outcome?: "done" | "failed" | undefined;
    cursor?: string | undefined;
    limit: number;
  }): Promise<Page<BuildDocumentRecord>>;

  /**
   * Makes another build live: the index row, both builds, the history and the event in one transaction. Each is given as
   * it shall be, with its new revision. Throws `conflict` when one of them is no longer what it was.
   */
  switchLive(
    change: { index: IndexRecord; from: Build; to: Build; promotion: Promotion; event: NewEvent },
    actor: EventActor,
  ): Promise<void>;
  /** Changes of the live build, newest first. */
  listPromotions(slug: string, limit: number): Promise<Promotion[]>;
}
