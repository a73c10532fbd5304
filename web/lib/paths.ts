/** Address of a document's source at a passage, with the words to step through. */
export const viewPath = (
  documentId: string,
  { version, passage, q }: { version?: string; passage?: string; q?: string } = {},
): string => {
  const query = new URLSearchParams();
  if (version) query.set("version", version);
  if (passage) query.set("passage", passage);
  if (q) query.set("q", q);
  const text = query.toString();
  return `/documents/${documentId}/view${text ? `?${text}` : ""}`;
};

export const documentPath = (documentId: string): string => `/documents/${documentId}`;
export const indexPath = (slug: string): string => `/indexes/${slug}`;
