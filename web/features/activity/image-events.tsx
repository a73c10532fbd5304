"use client";
import { topicActions } from "@samla/contracts/plain";
import { ListX } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { noFilter } from "./filter.ts";
import { LiveBadge } from "./live-badge.tsx";
import { actionLabel } from "./timeline.ts";
import { TimelineList } from "./timeline-list.tsx";
import { useTimeline } from "./use-timeline.ts";

const actions = topicActions.images;
const params = {
  action: oneOfParam(actions),
  outcome: oneOfParam(["ok", "failed"]),
  digest: textParam.whileTyping(),
};
const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** Who pushed, tagged, released, waived, deleted and restored what of a repository, and when; live. */
export const ImageEvents = ({ agent }: { agent: string }) => {
  const [state, setState] = useUrlStates(params);
  const digest = state.digest?.trim() ?? "";
  const isWrong = digest !== "" && !isDigest(digest);
  const filter = useMemo(
    () => ({
      ...noFilter,
      agent,
      about: "images" as const,
      action: state.action,
      outcome: state.outcome,
      imageDigest: isDigest(digest) ? digest : null,
    }),
    [agent, state.action, state.outcome, digest],
  );
  const [isPaused, setPaused] = useState(false);
  const { history, events, heldBack } = useTimeline(filter, isPaused);
  const { fetchNextPage } = history;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const isNarrowed = state.action !== null || state.outcome !== null || digest !== "";
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <NativeSelect
          aria-label="What happened"
          options={[
            { value: "", label: "Everything" },
            ...actions.map((action) => ({ value: action, label: actionLabel(action) })),
          ]}
          value={state.action ?? ""}
          onChange={(event) => setState({ action: actions.find((one) => one === event.target.value) ?? null })}
        />
        <NativeSelect
          aria-label="How it ended"
          options={[
            { value: "", label: "Any outcome" },
            { value: "ok", label: "Went well" },
            { value: "failed", label: "Failed or ran out" },
          ]}
          value={state.outcome ?? ""}
          onChange={(event) => setState({ outcome: event.target.value === "" ? null : (event.target.value as "ok") })}
        />
        <Input
          aria-label="Digest of an image"
          placeholder="sha256:… of one image"
          className="max-w-72 font-mono text-xs"
          spellCheck={false}
          maxLength={71}
          aria-invalid={isWrong}
          value={state.digest ?? ""}
          onChange={(event) => setState({ digest: event.target.value || null })}
        />
        <span className="ml-auto">
          <LiveBadge isPaused={isPaused} heldBack={heldBack} onPause={setPaused} />
        </span>
      </div>
      {isWrong ? (
        <p role="alert" className="mb-2 text-destructive text-xs">
          A digest is sha256: and 64 digits; copy it from an image's page.
        </p>
      ) : null}
      {history.isPending ? (
        <LoadingRegion label="Loading the history" className="grid gap-px">
          {["a", "b", "c", "d"].map((key) => (
            <Skeleton key={key} className="h-14 w-full" />
          ))}
        </LoadingRegion>
      ) : history.isError && events.length === 0 ? (
        <QueryError error={history.error} onRetry={() => void history.refetch()} retrying={history.isFetching} />
      ) : events.length === 0 && !history.hasNextPage ? (
        <EmptyState
          icon={ListX}
          title={isNarrowed ? "No event fits these filters" : "Nothing has happened yet"}
          actions={
            isNarrowed ? (
              <Button onClick={() => setState({ action: null, outcome: null, digest: null })}>Show all</Button>
            ) : undefined
          }
        >
          {isNarrowed
            ? null
            : "Pushes, releases, changes of tags, gate and rules, deletions and restorations appear here, kept for 400 days."}
        </EmptyState>
      ) : (
        <TimelineList
          events={events}
          hasMore={history.hasNextPage}
          isLoadingMore={history.isFetchingNextPage}
          isError={history.isFetchNextPageError}
          isNarrowed={isNarrowed}
          onLoadMore={loadMore}
        />
      )}
    </>
  );
};
