export const viewerKeys = {
  all: ["viewer"] as const,
  document: (documentId: string) => ["viewer", documentId, "document"] as const,
  content: (documentId: string, versionId: string, what: "source" | "extracted") =>
    ["viewer", documentId, "content", versionId, what] as const,
  extraction: (documentId: string, versionId: string) => ["viewer", documentId, "extraction", versionId] as const,
  passage: (documentId: string, versionId: string, n: number) =>
    ["viewer", documentId, "passage", versionId, n] as const,
  passages: (documentId: string, versionId: string) => ["viewer", documentId, "passages", versionId] as const,
  hits: (documentId: string, index: string, q: string) => ["viewer", documentId, "hits", index, q] as const,
};
