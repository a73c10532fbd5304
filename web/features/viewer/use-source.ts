import type { DocumentId, VersionId } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Range } from "../../lib/marks.ts";
import { problemOfError } from "../../lib/problem.ts";
import type { Highlight } from "./layers.ts";
import {
  documentHitsQueryOptions,
  numberOfPassage,
  passageQueryOptions,
  viewedDocumentQueryOptions,
} from "./queries.ts";
import { type Stops, stopsOf } from "./stops.ts";

export type SourceSelection = { documentId: DocumentId; version?: string; passage?: string; q: string };

/** Everything a view of a source needs to know: the document, the version shown, the passage, the hits to step through. */
export const useSource = ({ documentId, version, passage, q }: SourceSelection) => {
  const document = useQuery(viewedDocumentQueryOptions(documentId));
  const versionId = (version ?? document.data?.liveVersionId ?? document.data?.headVersionId) as VersionId | undefined;
  const isLive = document.data === undefined || versionId === document.data.liveVersionId;
  const searched = useQuery(documentHitsQueryOptions(isLive ? document.data : undefined, q));
  const hits = useMemo(
    () => searched.data?.hits.filter((hit) => hit.versionId === versionId) ?? [],
    [searched.data, versionId],
  );
  // Without a passage in the address, the best hit of the words is shown.
  const best = useMemo(() => [...hits].sort((a, b) => b.score - a.score)[0], [hits]);
  const passageId = passage ?? best?.passageId;
  const n = passageId ? numberOfPassage(passageId) : undefined;
  const shown = useQuery({
    ...passageQueryOptions(documentId, versionId as VersionId, n ?? 0),
    enabled: versionId !== undefined,
  });
  const current =
    n === undefined ? undefined : shown.data?.items.find((one) => one.n === n && one.versionId === versionId);
  const hit = hits.find((one) => one.n === n);
  const highlight: Highlight = useMemo(
    () => ({
      passage: current ? ([current.start, current.end] as const) : undefined,
      words: current && hit ? hit.marks.map(([from, to]): Range => [current.start + from, current.start + to]) : [],
    }),
    [current, hit],
  );
  const stops: Stops = useMemo(
    () =>
      stopsOf(
        hits.map((one) => one.n),
        n,
      ),
    [hits, n],
  );
  const missingPassage = n !== undefined && shown.isSuccess && !shown.isPlaceholderData && !current;
  // Until the hits are known, the passage to show may still change.
  const isPlaced = shown.isSuccess && (passage !== undefined || !searched.isLoading);
  const isUnknown = problemOfError(document.error)?.code === "not_found";
  return {
    document,
    versionId,
    isLive,
    isUnknown,
    hits,
    hitsTotal: searched.data?.total,
    searching: searched.isLoading,
    passage: current,
    passageNumber: n,
    missingPassage,
    isPlaced,
    shown,
    pages: shown.data?.pages ?? [],
    passagesTotal: shown.data?.total,
    highlight,
    rects: current?.rects ?? [],
    stops,
    q,
  };
};
export type Source = ReturnType<typeof useSource>;
