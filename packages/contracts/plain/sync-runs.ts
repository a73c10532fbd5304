/** `stopped`: by the brake or a limit, with `problem`. `lost`: its task ended in the middle. */
export const syncRunStatuses = ["running", "done", "stopped", "cancelled", "failed", "lost"] as const;
export type SyncRunStatus = (typeof syncRunStatuses)[number];

/** What became of a thing of the source, or of a document; in a dry run, what would. Unchanged ones are counted only. */
export const syncOutcomes = ["added", "changed", "deleted", "failed", "skipped", "held"] as const;
export type SyncOutcome = (typeof syncOutcomes)[number];

/** `key`: the thing's path, object key or address, or a document's folder and name. */
export type SyncRow = { key: string; outcome: SyncOutcome; reason?: string; documentId?: string; tookMs?: number };

/** Deletions that one run was not let do: `wanted` of the source's `of` documents, where `allowed` may go. */
export type SyncBrake = { wanted: number; of: number; allowed: number; sentence: string };

export type SyncRun = {
  id: string;
  status: SyncRunStatus;
  trigger: "schedule" | "request";
  by?: string;
  /** In words, such as `folder /srv/handbook`. Absent in reports of before it was kept. */
  source?: string;
  /** Compares and changes nothing. */
  dryRun?: true;
  /** The brake was lifted for this run up to so many deletions. */
  allowDeletes?: number;
  startedAt: string;
  endedAt?: string;
  counts: { found: number; unchanged: number } & Record<SyncOutcome, number>;
  sentBytes: number;
  tookMs: { list: number; compare: number; delete: number };
  brake?: SyncBrake;
  problem?: { detail: string; nextStep: string };
  /** Rows beyond what one report keeps. */
  rowsLeftOut: number;
};

/** What the agent keeps equal, and how: beside its list of runs. */
export type SyncSetup = {
  index: string;
  source: string;
  label: string;
  into: string;
  /** 0: only when somebody asks. */
  intervalMinutes: number;
  brake: { deletesMax: number; deletesPercentMax: number };
};

/** `GET /runs` of the agent; newest first. `nextAt`: when the schedule starts one, absent without a schedule. */
export type SyncRunPage = { items: SyncRun[]; nextCursor?: string; setup: SyncSetup; nextAt?: string };
/** `GET /runs/{run}` of the agent. */
export type SyncRunReport = SyncRun & { rows: SyncRow[] };
