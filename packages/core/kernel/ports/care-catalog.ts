import type { Audit, AuditFinding, Upkeep } from "@samla/contracts";

/** What an audit looks at, in this order. */
export const auditPhases = ["tables", "documents", "leftovers", "objects", "counts"] as const;
export type AuditPhase = (typeof auditPhases)[number];

/** A check under way, kept between its slices. */
export type AuditState = {
  id: string;
  index: string;
  startedAt: string;
  by: string;
  tookMs: number;
  phase: AuditPhase;
  /** Where the phase goes on. */
  cursor?: string | undefined;
  checked: Audit["checked"];
  findings: AuditFinding[];
  repaired: number;
  documentsBytes: number;
};

/** A claim on the audit of an index; `until` is in milliseconds since the epoch. */
export type AuditClaim = { state: AuditState | undefined; owner: string; until: number };

/** One row of the counts of an index. */
export type CountRow = { readers: string[] | undefined; counts: Record<string, number> };

/** What is known of the care of an index. */
export interface CareCatalog {
  /** Adds one and forgets all but the last fifty. */
  addUpkeep(index: string, upkeep: Upkeep): Promise<void>;
  /** Newest first. */
  listUpkeep(index: string): Promise<Upkeep[]>;
  /** Adds a finished audit with the bytes it counted, forgets all but the last fifty, and ends the claim. */
  finishAudit(audit: Audit, id: string, documentsBytes: number, owner: string): Promise<void>;
  /** Newest first. */
  listAudits(index: string): Promise<{ audit: Audit; documentsBytes: number }[]>;
  getAuditClaim(index: string): Promise<AuditClaim | undefined>;
  /** True when the claim is the caller's now: nobody else held one. Its state is what an earlier slice has left. */
  claimAudit(index: string, owner: string, now: number, until: number): Promise<boolean>;
  /** Keeps the state of the caller's own claim; false when it was lost. `until` in the past gives the claim back. */
  keepAudit(index: string, owner: string, state: AuditState, until: number): Promise<boolean>;
  /** Documents of the index by status, as counted while they changed: a row a set of readers. */
  readCounts(index: string): Promise<CountRow[]>;
  /** Moves counts by so much. */
  correctCounts(index: string, readers: string[] | undefined, deltas: Record<string, number>): Promise<void>;
}
