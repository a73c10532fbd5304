import type { BuildId, DocumentKind, PassageId, SearchHit } from "@samla/contracts";
import { mayReadDocument } from "../documents/access.ts";
import { type EngineContext, type EngineHit, type IndexRecord, isReadableBy } from "../kernel/index.ts";

/** A hit with the index and the build it was found in. */
export type FoundHit = { index: IndexRecord; buildId: BuildId; hit: EngineHit };

/**
 * Adds what the rows know, and drops what they say is gone or not for the actor: the table may lag behind a change.
 * `principals`: others who must be able to read them as well; undefined for nobody.
 */
export const describeHits = async (
  ctx: EngineContext,
  found: readonly FoundHit[],
  principals?: readonly string[],
): Promise<{ shown: SearchHit; hit: EngineHit }[]> => {
  const documents = await ctx.catalog.getDocuments([...new Set(found.map(({ hit }) => hit.passage.document_id))]);
  return found.flatMap(({ index, buildId, hit }) => {
    const { passage } = hit;
    const document = documents.get(passage.document_id);
    if (!document || document.deletedAt || document.index !== index.slug) return [];
    if (!mayReadDocument(ctx.actor, index, document)) return [];
    if (!isReadableBy(principals, index.readers) || !isReadableBy(principals, document.readers)) return [];
    const title = document.title ?? document.name;
    const shown: SearchHit = {
      passageId: passage.id as PassageId,
      documentId: document.id,
      versionId: passage.version_id as SearchHit["versionId"],
      index: index.slug,
      buildId,
      n: passage.n,
      name: document.name,
      title,
      titleMarks: hit.titleMarks.filter(([, end]) => end <= title.length),
      path: document.path,
      kind: passage.kind as DocumentKind,
      tags: document.tags,
      updatedAt: new Date(passage.updated_at).toISOString(),
      headingPath: passage.section ? passage.section.split(" › ") : [],
      text: passage.text,
      marks: hit.marks,
      fragment: hit.fragment,
      score: hit.score,
      ...(passage.page ? { page: passage.page } : {}),
      ...(hit.parts ? { parts: hit.parts } : {}),
    };
    return [{ shown, hit }];
  });
};
