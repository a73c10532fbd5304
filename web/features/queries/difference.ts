import type { ReplayResult } from "@samla/contracts";
import { formatPlural } from "../../lib/format.ts";

/** What differs, in a sentence: what is gone, what is new, and whether the rest still stands in its order. */
export const differenceOf = (result: Pick<ReplayResult, "hits" | "gone">): string => {
  const places = result.hits.flatMap((hit) => (hit.before === null ? [] : [hit.before]));
  const isSorted = places.every((place, n) => n === 0 || place > (places[n - 1] ?? 0));
  const added = result.hits.length - places.length;
  const parts = [
    result.gone.length > 0
      ? `${formatPlural(result.gone.length, "hit")} of then ${result.gone.length === 1 ? "is" : "are"} gone`
      : "All hits of then are there",
    ...(added > 0 ? [`${added === 1 ? "one is" : `${added} are`} new`] : []),
    ...(isSorted ? [] : ["the others stand in another order, as the words of the index weigh differently now"]),
  ];
  return `${parts.join("; ")}.`;
};
