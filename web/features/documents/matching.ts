import type { Document } from "@samla/contracts";
import { formatCount } from "../../lib/format.ts";
import type { DocumentFilter } from "./filter.ts";
import { listQueryOf } from "./filter.ts";

/** Documents that one run takes at most: what is left can be taken by the next. */
export const matchingMax = 20_000;
const pageSize = 200;

/** What else is to be said of a run's end. */
export const matchingEndText = (end: { passedOver: number; isStopped: boolean; isWhole: boolean }): string =>
  [
    ...(end.isStopped ? ["Stopped: the rest is as it was."] : []),
    ...(end.passedOver > 0 ? [`It did not apply to ${formatCount(end.passedOver)} of those that match.`] : []),
    ...(!end.isWhole && !end.isStopped
      ? [`A run takes ${formatCount(matchingMax)}; start it again for the rest.`]
      : []),
  ].join(" ");

type Page = { items: Document[]; nextCursor?: string | undefined };
export type Ports = {
  list: (query: ReturnType<typeof listQueryOf>) => Promise<Page>;
  onFound: (count: number) => void;
  isStopped: () => boolean;
};

/**
 * All documents that fit the filter now, read page by page before anything is done to them: doing something may take them
 * out of the filter, and pages of a list that shrinks would leave some out. Up to `matchingMax`.
 */
export const collectMatching = async (
  filter: DocumentFilter,
  { list, onFound, isStopped }: Ports,
): Promise<{ documents: Document[]; isWhole: boolean }> => {
  const found = new Map<string, Document>();
  let cursor: string | undefined;
  do {
    // By name, which no change of a status moves.
    const page = await list(listQueryOf({ ...filter, sort: "name", order: "asc" }, pageSize, cursor));
    for (const document of page.items) found.set(document.id, document);
    cursor = page.nextCursor;
    onFound(Math.min(found.size, matchingMax));
  } while (cursor && found.size < matchingMax && !isStopped());
  const documents = [...found.values()].slice(0, matchingMax);
  return { documents, isWhole: !cursor && found.size <= matchingMax };
};
