import { DocumentId, DocumentKind, IndexSlug, limits, searchModes } from "@samla/contracts";
import { z } from "zod";
import type { McpSettings } from "./settings.ts";

const indexText = "Slug of an index, as list_indexes gives it";

/** What the tools take and give. Clients are shown these shapes, and every call is checked by them. */
export const createShapes = (settings: Pick<McpSettings, "resultsMax">) => ({
  search: {
    input: z.strictObject({
      query: z.string().trim().min(1).max(limits.queryLengthMax).describe("Words or a question"),
      indexes: z.array(IndexSlug).max(20).optional().describe(`${indexText}; none means all that you may read`),
      kinds: z.array(DocumentKind).max(20).optional().describe("Types of documents"),
      tags: z.array(z.string().min(1).max(limits.tagLengthMax)).max(20).optional().describe("Tags the document has"),
      path: z.string().max(limits.pathLengthMax).optional().describe("Folder the document lies in"),
      mode: z.enum(searchModes).optional().describe("hybrid (default), lexical for words alone, vector for meaning"),
      limit: z.int().min(1).max(settings.resultsMax).optional().describe("Passages at most, 10 if not given"),
    }),
    output: z.object({
      results: z.array(
        z.object({
          id: z.string().describe("Document id, for fetch"),
          title: z.string(),
          url: z.string().describe("Opens the source at this passage: cite it"),
          text: z.string(),
          passage: z.int().describe("Number of the passage, for fetch"),
          heading: z.string().optional(),
          page: z.int().optional(),
          index: z.string(),
          path: z.string(),
          updatedAt: z.string(),
        }),
      ),
      total: z.int().describe("Passages found in all"),
      queryId: z.string(),
      correctedText: z.string().optional(),
      missing: z.array(z.object({ index: z.string(), reason: z.string() })).describe("Indexes that did not answer"),
    }),
  },
  fetch: {
    input: z.strictObject({
      id: DocumentId.describe("Document id, as search and list_documents give it"),
      passage: z.int().nonnegative().optional().describe("Number of the passage to begin at, 0 if not given"),
    }),
    output: z.object({
      id: z.string(),
      title: z.string(),
      url: z.string(),
      text: z.string(),
      metadata: z.object({
        name: z.string(),
        index: z.string(),
        path: z.string(),
        tags: z.array(z.string()),
        kind: z.string().optional(),
        versionId: z.string(),
        updatedAt: z.string(),
        passages: z.int(),
      }),
      nextPassage: z.int().optional().describe("The text goes on: call again with this as passage"),
    }),
  },
  listDocuments: {
    input: z.strictObject({
      index: IndexSlug.describe(indexText),
      contains: z.string().trim().max(200).optional().describe("Words in the name or folder"),
      tag: z.string().min(1).max(limits.tagLengthMax).optional(),
      limit: z.int().min(1).max(100).optional().describe("50 if not given"),
      cursor: z.string().max(2000).optional().describe("nextCursor of the call before"),
    }),
    output: z.object({
      documents: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          name: z.string(),
          path: z.string(),
          url: z.string(),
          status: z.string(),
          tags: z.array(z.string()),
          sizeBytes: z.int(),
          updatedAt: z.string(),
        }),
      ),
      nextCursor: z.string().optional(),
    }),
  },
  listIndexes: {
    input: z.strictObject({}),
    output: z.object({
      indexes: z.array(z.object({ slug: z.string(), name: z.string(), description: z.string() })),
    }),
  },
});
