import type { Audit } from "@samla/contracts";
import { followingBuilds } from "../documents/tell-builds.ts";
import { type AuditPhase, type AuditState, auditPhases, type IndexRecord, timestamp } from "../kernel/index.ts";
import { auditCounts } from "./audit-counts.ts";
import { auditDocuments } from "./audit-documents.ts";
import { auditObjects } from "./audit-objects.ts";
import { type AuditContext, type AuditScope, type AuditStep, auditOf } from "./audit-parts.ts";
import { auditLeftovers, auditTables } from "./audit-tables.ts";

const steps: Record<AuditPhase, AuditStep> = {
  tables: auditTables,
  documents: auditDocuments,
  leftovers: auditLeftovers,
  objects: auditObjects,
  counts: auditCounts,
};

/** A slice that shows no sign of life for so long has died, and another one goes on with its audit. */
const claimMs = 120_000;
const keepEveryMs = 10_000;

/**
 * Checks an index: its rows against its builds' tables and the stored objects. Differences are repaired by the messages
 * that made the data in the first place, or by removing what nothing leads to; repeated, all of it does no harm. Works
 * until `deadline` (milliseconds since the epoch) and keeps how far it came, so that the next call goes on there, also
 * after a crash. Undefined while somebody else is at it.
 */
export const auditIndex = async (
  ctx: AuditContext,
  index: IndexRecord,
  options: { by: string; deadline: number },
): Promise<Audit | undefined> => {
  const owner = ctx.newId("aud");
  const { slug } = index;
  if (!(await ctx.catalog.claimAudit(slug, owner, ctx.now(), ctx.now() + claimMs))) return undefined;
  const state = (await ctx.catalog.getAuditClaim(slug))?.state ?? newState(ctx, slug, options.by);
  const tookBefore = state.tookMs;
  const startedAt = ctx.now();
  let keptAt = startedAt;
  const keep = (until: number): Promise<boolean> => {
    state.tookMs = tookBefore + ctx.now() - startedAt;
    keptAt = ctx.now();
    return ctx.catalog.keepAudit(slug, owner, state, until);
  };
  let phase: AuditPhase | undefined = state.phase;
  while (phase) {
    const scope = await scopeOf(ctx, slug);
    // Deleted meanwhile: its rows go with it.
    if (!scope) return auditOf(state, false);
    const before = structuredClone(state);
    try {
      state.cursor = await steps[phase](ctx, scope, state);
    } catch (error) {
      // As it was before the step, for the next slice to try again.
      await ctx.catalog.keepAudit(slug, owner, before, 0);
      throw error;
    }
    if (state.cursor === undefined) phase = auditPhases[auditPhases.indexOf(phase) + 1];
    if (phase) state.phase = phase;
    if (phase && ctx.now() > options.deadline) {
      await keep(0);
      return auditOf(state, false);
    }
    if (phase && ctx.now() - keptAt > keepEveryMs && !(await keep(ctx.now() + claimMs))) return undefined;
  }
  state.tookMs = tookBefore + ctx.now() - startedAt;
  const audit = auditOf(state, true);
  await tell(ctx, audit);
  await ctx.catalog.finishAudit(audit, state.id, state.documentsBytes, owner);
  return audit;
};

const newState = (ctx: AuditContext, index: string, by: string): AuditState => ({
  id: ctx.newId("aud"),
  index,
  startedAt: timestamp(ctx),
  by,
  tookMs: 0,
  phase: "tables",
  checked: { documents: 0, versions: 0, objects: 0, passages: 0, builds: 0 },
  findings: [],
  repaired: 0,
  documentsBytes: 0,
});

const scopeOf = async (ctx: AuditContext, slug: string): Promise<AuditScope | undefined> => {
  const index = await ctx.catalog.getIndex(slug);
  if (!index) return undefined;
  const [builds, all, removed, queues] = await Promise.all([
    followingBuilds(ctx, slug),
    ctx.catalog.listBuilds(slug),
    ctx.catalog.listRemovedBuilds(),
    ctx.queues.states(),
  ]);
  return {
    index,
    // Oldest first, so that places in the list stay when another one is added.
    builds: builds.sort((a, b) => (a.id < b.id ? -1 : 1)),
    kept: [...all, ...removed.filter((build) => build.index === slug)],
    isBusy: queues.some((queue) => queue.name !== "evaluate" && queue.waiting + queue.inFlight > 0),
  };
};

/** The timeline tells of checks that people asked for and of repairs; a routine check that found nothing is no news. */
const tell = async (ctx: AuditContext, audit: Audit): Promise<void> => {
  if (audit.differences === 0 && ctx.actor.kind === "system") return;
  const kinds = audit.findings.map((finding) => `${finding.count} ${finding.kind}`).join(", ");
  await ctx.catalog.appendEvent(
    {
      action: audit.repaired > 0 ? "care.repaired" : "care.checked",
      outcome: "ok",
      summary:
        audit.differences === 0
          ? "checked the index: nothing differs"
          : `found ${audit.differences} ${audit.differences === 1 ? "difference" : "differences"} (${kinds}) and repaired ${audit.repaired}`,
      index: audit.index,
      data: { differences: audit.differences, repaired: audit.repaired },
    },
    ctx.actor,
  );
};
