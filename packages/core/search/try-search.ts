import { followsChanges, type TriedHit, type TrySearchBody, type TrySearchResult } from "@samla/contracts";
import { requireIndex } from "../documents/access.ts";
import {
  type EngineContext,
  Failure,
  type IndexRecord,
  isReadableBy,
  notFound,
  readingAs,
  requirePermission,
} from "../kernel/index.ts";
import { describeHits, type FoundHit } from "./describe-hits.ts";
import { type BuildAnswer, type BuildQuery, searchBuild } from "./search-build.ts";

const passagesPerDocument = 3;

/**
 * One side of the test bench: a query on any build of an index, with its own settings or others, with every score taken
 * apart. With `as` it shows what those principals are shown, and which of the caller's hits they are not.
 * Throws `not_found`, `forbidden`, `unavailable`, and `conflict` for a build without data.
 */
export const trySearch = async (
  ctx: EngineContext,
  input: TrySearchBody & { index: string },
): Promise<TrySearchResult> => {
  const startedAt = performance.now();
  const index = await requireIndex(ctx, input.index, "builds.read");
  requirePermission(ctx, "search");
  if (input.as) requirePermission(ctx, "search.as");
  const build = await ctx.catalog.getBuild(index.slug, input.buildId);
  if (!build) throw notFound("build", input.buildId);
  if (!followsChanges(build.status))
    throw new Failure("conflict", `This build is ${build.status}; its data was removed.`, {
      nextStep: "Choose another build, or make one from its configuration.",
    });
  const others = input.as && principalsOfOthers(input.as);
  const query: BuildQuery = {
    build,
    q: input.q,
    mode: input.mode,
    limit: input.limit,
    perDocument: passagesPerDocument,
    settings: input.settings,
    principals: readingAs(ctx.actor),
    explain: true,
  };
  const [own, theirs] = await Promise.all([
    searchBuild(ctx, query),
    others?.principals ? searchBuild(ctx, { ...query, principals: others.principals }) : undefined,
  ]);
  const answer = theirs ?? own;
  const found = (of: BuildAnswer): FoundHit[] => of.hits.map((hit) => ({ index, buildId: build.id, hit }));
  const described = await describeHits(ctx, found(answer), others?.principals);
  const hits = described.map(
    ({ shown, hit }, at): TriedHit => ({
      ...shown,
      rank: at + 1,
      terms: hit.terms ?? [],
      ...(hit.rule ? { rule: hit.rule } : {}),
    }),
  );
  const mayCount = answer.isCounted && isReadableBy(others?.principals, index.readers);
  return {
    buildId: build.id,
    hits,
    total: mayCount ? answer.total : { value: hits.length, exact: hits.length < input.limit },
    words: { ...answer.words, ...(answer.correctedText && mayCount ? { corrected: answer.correctedText } : {}) },
    timings: { embedMs: answer.embedMs, engineMs: answer.engineMs, totalMs: performance.now() - startedAt },
    hidden: others?.principals ? await listHidden(ctx, index, found(own), others.principals) : [],
  };
};

/** What these principals read as: everyone's rights come with them, and administrators read everything. */
const principalsOfOthers = (as: readonly string[]): { principals: string[] | undefined } => ({
  principals: as.includes("role:admin") ? undefined : [...new Set(["everyone", ...as])],
});

/** The caller's hits that the others are not shown, one a document, each with the rule that keeps it from them. */
const listHidden = async (
  ctx: EngineContext,
  index: IndexRecord,
  found: readonly FoundHit[],
  principals: readonly string[],
): Promise<TrySearchResult["hidden"]> => {
  const described = await describeHits(ctx, found);
  const documents = await ctx.catalog.getDocuments([...new Set(described.map(({ shown }) => shown.documentId))]);
  const seen = new Set<string>();
  return described.flatMap(({ shown }, at) => {
    const readers = documents.get(shown.documentId)?.readers;
    const byIndex = isReadableBy(principals, index.readers);
    if (seen.has(shown.documentId) || (byIndex && isReadableBy(principals, readers))) return [];
    seen.add(shown.documentId);
    const { documentId, passageId, name } = shown;
    const reason = byIndex
      ? `Only ${listReaders(readers ?? [])} may read this document.`
      : `Only ${listReaders(index.readers)} may read this index.`;
    return [{ documentId, passageId, name, rank: at + 1, reason }];
  });
};

const listReaders = (readers: readonly string[]): string => [...readers, "administrators"].join(", ");
