import type { Audit, CareReport } from "@samla/contracts";
import { mayReadDocument, requireIndex } from "../documents/access.ts";
import { followingBuilds } from "../documents/tell-builds.ts";
import { type Context, type EngineContext, Failure, type IndexRecord, tableOf } from "../kernel/index.ts";
import { auditIndex } from "./audit-index.ts";
import { type AuditContext, auditOf } from "./audit-parts.ts";
import { freshnessOf } from "./freshness.ts";

const auditsShown = 20;
/** A call through the API may take 29 s; the rest is left to the schedule. */
const onDemandMs = 20_000;

/** What was checked, repaired and compacted of an index, and what its builds take. Newest first. */
export const getCareReport = async (ctx: EngineContext, input: { index: string }): Promise<CareReport> => {
  const index = await requireIndex(ctx, input.index, "care.read");
  const [audits, claim, upkeep, builds, freshness] = await Promise.all([
    ctx.catalog.listAudits(index.slug),
    ctx.catalog.getAuditClaim(index.slug),
    ctx.catalog.listUpkeep(index.slug),
    followingBuilds(ctx, index.slug),
    freshnessOf(ctx, index.slug),
  ]);
  const storage = await Promise.all(
    builds.map(async (build) => {
      const stats = await ctx.engine.stats(tableOf(index.slug, build.id)).catch((error: unknown) => {
        ctx.log("warn", "a table gave no figures", { buildId: build.id, error: String(error) });
        return { sizeBytes: 0, passages: 0 };
      });
      return { buildId: build.id, status: build.status, sizeBytes: stats.sizeBytes, passages: stats.passages };
    }),
  );
  const shown = [
    ...(claim?.state ? [auditOf(claim.state, false)] : []),
    ...audits.slice(0, auditsShown).map(({ audit }) => audit),
  ];
  return {
    index: index.slug,
    audits: await hideSamples(ctx, index, shown),
    upkeep,
    storage,
    documentsBytes: audits[0]?.documentsBytes ?? null,
    freshness,
  };
};

/**
 * Checks the index now. A large one is checked in slices: then the answer is not complete, and the rest follows by itself.
 * Throws `conflict` when a check has just begun and has nothing to show yet.
 */
export const startAudit = async (ctx: AuditContext, input: { index: string }): Promise<Audit> => {
  const index = await requireIndex(ctx, input.index, "care.repair");
  const audit = await auditIndex(ctx, index, { by: ctx.actor.name, deadline: ctx.now() + onDemandMs });
  const state = audit ? undefined : (await ctx.catalog.getAuditClaim(index.slug))?.state;
  const shown = audit ?? (state && auditOf(state, false));
  if (!shown)
    throw new Failure("conflict", `The index ${index.slug} is being checked at this moment.`, {
      nextStep: "Look at the report in a moment.",
    });
  const [first] = await hideSamples(ctx, index, [shown]);
  return first ?? shown;
};

/** Ids of documents that the caller may not read are left out of the samples; the numbers stay. */
const hideSamples = async (ctx: Context, index: IndexRecord, audits: readonly Audit[]): Promise<Audit[]> => {
  const idOf = (sample: string): string | undefined => /doc_[0-9A-Z]{26}/.exec(sample)?.[0];
  const ids = audits.flatMap((audit) => audit.findings.flatMap((finding) => finding.samples.map(idOf)));
  const readers = await ctx.catalog.getReaders([...new Set(ids.filter((id) => id !== undefined))]);
  const isShown = (sample: string): boolean => {
    const own = readers.get(idOf(sample) ?? "");
    return mayReadDocument(ctx.actor, index, own ? { readers: [...own] as never } : {});
  };
  return audits.map((audit) => ({
    ...audit,
    findings: audit.findings.map((finding) => ({ ...finding, samples: finding.samples.filter(isShown) })),
  }));
};
