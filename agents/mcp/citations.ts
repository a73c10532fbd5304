/** Where the console shows a document's source, at the passage if one is named. */
export const sourceUrl = (
  consoleUrl: string,
  documentId: string,
  at: { versionId?: string; passageId?: string } = {},
): string => {
  const query = new URLSearchParams({
    ...(at.versionId ? { version: at.versionId } : {}),
    ...(at.passageId ? { passage: at.passageId } : {}),
  }).toString();
  return `${consoleUrl.replace(/\/+$/, "")}/documents/${documentId}/view${query ? `?${query}` : ""}`;
};
