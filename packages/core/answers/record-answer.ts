import type { AnswerId, RecordAnswerBody } from "@samla/contracts";
import { requireIndex } from "../documents/access.ts";
import { type Context, Failure, requirePermission, type StoredAnswer, timestamp } from "../kernel/index.ts";

const refusal = (field: string, message: string): Failure =>
  new Failure("invalid_request", `This answer does not hold together: ${field} ${message}.`, {
    errors: [{ field, message }],
  });

/**
 * Notes an answer. Its chain is checked as far as SAMLA itself knows it: every source is a hit of the caller's own
 * search, on the build that served, and every sentence names sources. Who made it is the agent's own word. Throws
 * `invalid_request` naming what does not hold, `not_found` for an index or a search that is not the caller's.
 */
export const recordAnswer = async (ctx: Context, input: RecordAnswerBody): Promise<{ id: AnswerId }> => {
  requirePermission(ctx, "search");
  const indexes = await Promise.all(input.indexes.map(({ slug }) => requireIndex(ctx, slug, "search")));
  const queries = new Map(
    await Promise.all(
      input.indexes.map(async ({ slug }) => [slug as string, await ctx.catalog.getQuery(slug, input.queryId)] as const),
    ),
  );
  const found = [...queries.values()].filter((query) => query !== undefined);
  if (found.length === 0) throw refusal("queryId", "is no search of these indexes");
  for (const query of found) {
    if (query.actor && query.actor.id !== ctx.actor.id) throw refusal("queryId", "is no search of the caller");
    if (query.text !== input.searchedFor) throw refusal("searchedFor", "is not what was searched for");
    if (input.indexes.some(({ slug, buildId }) => slug === query.index && buildId !== query.buildId))
      throw refusal("indexes", "name another build than the one that served");
  }
  const numbers = new Set<number>();
  for (const [i, source] of input.sources.entries()) {
    const hit = queries.get(source.index)?.hits.find(({ passageId }) => passageId === source.passageId);
    if (hit?.documentId !== source.documentId || hit.versionId !== source.versionId)
      throw refusal(`sources.${i}`, "is no hit of that search");
    if (queries.get(source.index)?.buildId !== source.buildId) throw refusal(`sources.${i}`, "is of another build");
    if (numbers.has(source.n)) throw refusal(`sources.${i}.n`, "is taken");
    numbers.add(source.n);
  }
  for (const [i, sentence] of input.sentences.entries())
    if (!sentence.citations.every((n) => numbers.has(n)))
      throw refusal(`sentences.${i}.citations`, "name a source that there is not");
  if (input.outcome === "answered" && input.sentences.length === 0) throw refusal("sentences", "are lacking");

  const days = Math.min(...indexes.map((index) => index.settings.queryLog.days));
  const isAnonymous = indexes.some((index) => index.settings.queryLog.anonymous);
  const { kind, id: actorId, name } = ctx.actor;
  const answer: StoredAnswer = {
    ...input,
    id: ctx.newId("ans") as AnswerId,
    at: timestamp(ctx),
    ...(isAnonymous ? {} : { actor: { kind, id: actorId, name } }),
    expiresAtSeconds: Math.floor(ctx.now() / 1000) + days * 86_400,
  };
  await ctx.catalog.putAnswer(answer);
  return { id: answer.id };
};
