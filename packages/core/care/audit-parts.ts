import type { Audit, AuditFinding, Build, Document, FindingKind } from "@samla/contracts";
import { isTerminal } from "@samla/contracts";
import type { AuditState, EngineContext, IndexRecord, StorageContext } from "../kernel/index.ts";

export type AuditContext = StorageContext &
  EngineContext & {
    /** What changed in this time is work under way and no difference. */
    graceMs: number;
  };

/** What one slice of an audit goes by. */
export type AuditScope = {
  index: IndexRecord;
  /** Builds whose tables follow every change, the live one among them. */
  builds: Build[];
  /** All builds that there are, and those whose data is being cleared away by the sweep: objects of theirs are no difference. */
  kept: Build[];
  /** Messages wait or are worked on: what changed lately may still be on its way. */
  isBusy: boolean;
};

/** One step of a phase: notes what it found in the state and says where to go on; undefined at the end. */
export type AuditStep = (ctx: AuditContext, scope: AuditScope, state: AuditState) => Promise<string | undefined>;

const samplesMax = 10;
/** While queues hold work, a change may take so many times the grace until its table has it. */
const busyFactor = 6;

/** Whether nothing is expected to happen to the document's data any more. */
export const isAtRest = (
  ctx: AuditContext,
  { isBusy }: Pick<AuditScope, "isBusy">,
  document: Pick<Document, "status" | "deletedAt" | "updatedAt">,
): boolean => {
  const ageMs = ctx.now() - Date.parse(document.updatedAt);
  const done = document.deletedAt !== undefined || isTerminal(document.status);
  return done && ageMs > ctx.graceMs * (isBusy ? busyFactor : 1);
};

/** Adds to what was found. `repaired` says how many of them something was done about. */
export const noteFinding = (
  state: AuditState,
  kind: FindingKind,
  samples: readonly string[],
  more: { repair: string; repaired: number; buildId?: string | undefined },
): void => {
  if (samples.length === 0) return;
  const known = state.findings.find((finding) => finding.kind === kind && finding.buildId === more.buildId);
  const finding: AuditFinding = known ?? {
    kind,
    count: 0,
    samples: [],
    repair: more.repair,
    ...(more.buildId ? { buildId: more.buildId as Build["id"] } : {}),
  };
  finding.count += samples.length;
  finding.samples = [...finding.samples, ...samples].slice(0, samplesMax);
  if (!known) state.findings.push(finding);
  state.repaired += more.repaired;
};

/** What is shown of an audit, finished or not. */
export const auditOf = (state: AuditState, complete: boolean): Audit => ({
  index: state.index as Audit["index"],
  at: state.startedAt,
  tookMs: state.tookMs,
  by: state.by,
  checked: state.checked,
  differences: state.findings.reduce((sum, finding) => sum + finding.count, 0),
  repaired: state.repaired,
  findings: state.findings,
  complete,
});
