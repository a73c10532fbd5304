import { measureQuality, type Quality, type Ranking } from "../../core/kernel/metrics.ts";
import type { Embedder } from "../../core/kernel/ports/embedder.ts";
import type { EnginePassage, SearchEngine, SearchMode } from "../../core/kernel/ports/search-engine.ts";
import type { Collection } from "./collection.ts";

const documentsPerCommit = 2_000;
const questionsAtOnce = 4;

/** Puts a collection into a new table, one passage a document, and folds it into the indices. */
export async function indexCollection(
  engine: SearchEngine,
  embedder: Embedder,
  table: string,
  collection: Collection,
): Promise<void> {
  await engine.createTable({ table, dimensions: embedder.dimensions, language: "en", fusion: embedder.fusion });
  for (let start = 0; start < collection.documents.length; start += documentsPerCommit) {
    const part = collection.documents.slice(start, start + documentsPerCommit);
    const vectors = await embedder.embed(
      part.map((document) => `${document.title}\n${document.text}`),
      "passage",
    );
    const passages = part.map(
      (document, index): EnginePassage => ({
        id: `${document.id}#0`,
        document_id: document.id,
        version_id: "1",
        n: 0,
        title: document.title,
        section: "",
        text: document.text,
        page: null,
        kind: "text",
        tags: [],
        path: document.id,
        updated_at: 0,
        readers: ["everyone"],
        vector: vectors[index],
      }),
    );
    await engine.replaceDocuments(
      table,
      passages.map((passage) => ({ documentId: passage.document_id, passages: [passage] })),
    );
  }
  await engine.maintain(table);
}

/** Asks all judged questions. Returns the documents found, by question. */
export async function rankCollection(
  engine: SearchEngine,
  embedder: Embedder,
  table: string,
  collection: Collection,
  mode: SearchMode,
): Promise<Map<string, Ranking>> {
  const rankings = new Map<string, Ranking>();
  const ask = async (question: { id: string; text: string }) => {
    const [vector] = mode === "lexical" ? [] : await embedder.embed([question.text], "query");
    const answer = await engine.search(table, {
      text: question.text,
      vector,
      mode,
      limit: 100,
      offset: 0,
      sort: "relevance",
      highlight: false,
      explain: false,
      perDocumentMax: 0,
    });
    rankings.set(
      question.id,
      answer.hits.map((hit) => hit.passage.document_id),
    );
  };
  for (let start = 0; start < collection.questions.length; start += questionsAtOnce) {
    await Promise.all(collection.questions.slice(start, start + questionsAtOnce).map(ask));
  }
  return rankings;
}

/** Asks all judged questions and measures the answers. */
export const measureCollection = async (
  engine: SearchEngine,
  embedder: Embedder,
  table: string,
  collection: Collection,
  mode: SearchMode,
): Promise<Quality> =>
  measureQuality(await rankCollection(engine, embedder, table, collection, mode), collection.judgments);
