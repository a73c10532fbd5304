import type { EnginePassage } from "../../core/kernel/ports/search-engine.ts";
import { quoteText } from "./filter-sql.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import { buildRows } from "./schema.ts";
import type { OpenTable } from "./tables.ts";

export type DocumentPassages = { documentId: string; passages: EnginePassage[] };

const writeTimeoutMs = 120_000;

/**
 * Replaces all passages of the documents in one commit: a reader sees all of the old or all of the new.
 * One merge inserts new passages, updates those of the same id and deletes the rest of these documents.
 * Throws for an id given twice, a passage of another document, or a vector of the wrong length.
 */
export async function replaceDocuments(
  open: OpenTable,
  documents: DocumentPassages[],
): Promise<{ tableVersion: number }> {
  checkDocuments(documents);
  if (documents.length === 0) return { tableVersion: await open.head.version() };
  const passages = documents.flatMap((document) => document.passages);
  const where = `document_id IN (${documents.map((document) => quoteText(document.documentId)).join(", ")})`;
  const rows = passages.length > 0 ? await buildRows(passages, open.spec, open.analyzer) : undefined;
  return open.runWrite(() =>
    retryOnConflict(async () => {
      await open.head.checkoutLatest();
      const { version } = rows
        ? await open.head
            .mergeInsert("id")
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .whenNotMatchedBySourceDelete({ where })
            .execute(rows, { timeoutMs: writeTimeoutMs })
        : await open.head.delete(where);
      open.expireSnapshot();
      return { tableVersion: version };
    }),
  );
}

function checkDocuments(documents: DocumentPassages[]): void {
  const documentIds = new Set<string>();
  const passageIds = new Set<string>();
  for (const { documentId, passages } of documents) {
    if (documentIds.has(documentId)) throw new Error(`The document ${documentId} is given twice in one replacement.`);
    documentIds.add(documentId);
    for (const passage of passages) {
      if (passage.document_id !== documentId) {
        throw new Error(`The passage ${passage.id} belongs to ${passage.document_id}, not to ${documentId}.`);
      }
      if (passageIds.has(passage.id)) throw new Error(`The passage ${passage.id} is given twice in one replacement.`);
      passageIds.add(passage.id);
    }
  }
}
