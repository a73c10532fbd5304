import type { Document } from "@samla/contracts";
import type { QueryClient } from "@tanstack/react-query";
import { documentKeys } from "./keys.ts";
import type { DocumentPages } from "./list-pages.ts";

const pagesKept = 3;

/** Loads the lists of an index again, from the top; what was scrolled to far below is let go. */
export const reloadLists = (client: QueryClient, index: string): Promise<void> => {
  client.setQueriesData<DocumentPages>({ queryKey: documentKeys.lists(index) }, (data) =>
    data && data.pages.length > pagesKept
      ? { pages: data.pages.slice(0, pagesKept), pageParams: data.pageParams.slice(0, pagesKept) }
      : data,
  );
  return client.invalidateQueries({ queryKey: documentKeys.lists(index) });
};

/** Asks for what changed last and for the counts; the lists take it over in place. */
export const refreshChanged = async (client: QueryClient, index: string): Promise<void> => {
  await Promise.all([
    client.invalidateQueries({ queryKey: documentKeys.recent(index) }),
    client.invalidateQueries({ queryKey: documentKeys.counts(index) }),
  ]);
};

/** Takes over the answer of a change, so that the page shows it at once; what hangs on it is asked for again. */
export const takeDocument = async (client: QueryClient, document: Document): Promise<void> => {
  client.setQueryData(documentKeys.document(document.id), document);
  await Promise.all([
    client.invalidateQueries({ queryKey: documentKeys.versions(document.id) }),
    client.invalidateQueries({ queryKey: documentKeys.events(document.id) }),
    refreshChanged(client, document.index),
  ]);
};
