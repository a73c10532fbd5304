import type { Judgment, QueryRecord } from "@samla/contracts";

const grades = { up: 2, down: 0 } as const;

/** What the thumbs of a search say of its documents: right or wrong, the last word of each document. */
export const judgmentsOfThumbs = (query: Pick<QueryRecord, "hits" | "thumbs">): Judgment[] => {
  const found = new Map<string, Judgment>();
  for (const thumb of query.thumbs.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    const hit = query.hits.find((one) => one.passageId === thumb.passageId);
    if (hit) found.set(hit.documentId, { documentId: hit.documentId, grade: grades[thumb.value] });
  }
  return [...found.values()];
};
