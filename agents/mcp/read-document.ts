import { type Client, type Document, limits } from "@samla/contracts";
import { joinPassages } from "./join-passages.ts";

export type DocumentText = { document: Document; versionId: string; text: string; passages: number; next?: number };

/** One call of the API gives so many passages at most. */
const pageSize = 100;

/**
 * A document's text from a passage on, up to about `charactersMax`: whole passages, at least one. `next` is where the
 * text goes on. Throws `ApiError`, such as `not_found` for what the caller may not see.
 */
export const readDocument = async (
  client: Client,
  documentId: Document["id"],
  options: { from: number; charactersMax: number; signal?: AbortSignal },
): Promise<DocumentText> => {
  const { from, charactersMax } = options;
  const signal = options.signal ? { signal: options.signal } : {};
  const document = await client.call("documents.get", { params: { documentId }, ...signal });
  const taken: Parameters<typeof joinPassages>[0][number][] = [];
  let lengthSoFar = 0;
  let total = 0;
  let versionId = document.liveVersionId ?? document.headVersionId;
  for (let at = from; ; ) {
    const page = await client.call("documents.passages", {
      params: { documentId },
      query: { from: at, limit: Math.min(pageSize, limits.pageSizeMax), version: versionId },
      ...signal,
    });
    total = page.total;
    versionId = page.versionId;
    for (const passage of page.items) {
      if (taken.length > 0 && lengthSoFar + passage.text.length > charactersMax)
        return { document, versionId, text: joinPassages(taken), passages: total, next: passage.n };
      taken.push(passage);
      lengthSoFar += passage.text.length;
    }
    at += page.items.length;
    if (page.items.length === 0 || at >= total)
      return { document, versionId, text: joinPassages(taken), passages: total };
  }
};
