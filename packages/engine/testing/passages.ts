import type { EnginePassage, EngineQuery } from "../../core/kernel/ports/search-engine.ts";

/** A passage for tests; everything not given has a plain value. */
export function createPassage(documentId: string, n: number, fields: Partial<EnginePassage> = {}): EnginePassage {
  return {
    id: `${documentId}#${n}`,
    document_id: documentId,
    version_id: "v1",
    n,
    title: `Title of ${documentId}`,
    section: "",
    text: "",
    page: null,
    kind: "pdf",
    tags: [],
    path: `${documentId}.pdf`,
    updated_at: 1_700_000_000_000 + n,
    readers: ["everyone"],
    ...fields,
  };
}

/** A word query for tests. */
export function createQuery(text: string | undefined, fields: Partial<EngineQuery> = {}): EngineQuery {
  return {
    ...(text === undefined ? {} : { text }),
    mode: "lexical",
    limit: 20,
    offset: 0,
    sort: "relevance",
    highlight: false,
    explain: false,
    perDocumentMax: 0,
    ...fields,
  };
}
