"use client";
import { logLevels } from "@samla/contracts/plain";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, Pause, Play, ScrollText, WrapText, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { logDownloadHref } from "../../lib/agents-api.ts";
import { useCan } from "../../lib/me.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { createParam, flagParam, oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { formatMoment } from "../../ui/time.ts";
import { LogLines } from "./log-lines.tsx";
import { mergeLines, positionAfter, sayLines, type TailState, type TailView } from "./log-tail.ts";
import { logsOptions, tasksOptions } from "./queries.ts";
import { useLogTail } from "./use-log-tail.ts";

const timeParam = createParam<string>({
  parse: (text) => (Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()),
  serialize: (value) => value,
});
const params = {
  q: textParam.whileTyping().withDefault(""),
  task: textParam,
  level: oneOfParam(logLevels),
  at: timeParam,
  live: flagParam.withDefault(true),
};

/** For `datetime-local`, in the zone of the browser. */
const localTime = (iso: string): string => {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
};

/** The log: as it is written, or around a time, with words, of one task or of all. */
export const LogsPanel = ({ agent }: { agent: string }) => {
  const may = useCan("agents.logs");
  return may ? (
    <Logs agent={agent} />
  ) : (
    <EmptyState icon={ScrollText} title="Logs are for operators and administrators">
      They may hold what people asked.
    </EmptyState>
  );
};

const Logs = ({ agent }: { agent: string }) => {
  const [state, setState] = useUrlStates(params);
  const [wraps, setWraps] = useState(true);
  const q = useDebounced(state.q.trim(), 300);
  const filter = { task: state.task, q, level: state.level };
  const isLive = state.live && state.at === null;
  const at = state.at ?? undefined;
  // `at` of now would change with each draw, so a page without it is what is newest when it is asked for.
  const back = useInfiniteQuery(logsOptions(agent, filter, "newest", at));
  const forth = useInfiniteQuery({ ...logsOptions(agent, filter, "oldest", at), enabled: at !== undefined });
  const tasks = useTaskChoices(agent);
  const older = (back.data?.pages.toReversed() ?? []).flatMap((page) => page.items);
  const newer = at ? (forth.data?.pages.flatMap((page) => page.items) ?? []) : [];
  const [oldest] = older;
  const newest = older.at(-1);
  // Begins where the page ends, so that nothing between the two is missed.
  const tail = useLogTail(
    { agent, taskId: state.task, q, level: state.level },
    newest && positionAfter(newest),
    isLive && !back.isPending,
  );
  const fresh = oldest ? tail.lines.filter((line) => line.at >= oldest.at) : tail.lines;
  const lines = mergeLines([...older, ...newer], fresh);
  const total = lines.length;
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <Input
          aria-label="Words in the log"
          data-search-input
          placeholder='Words, or "a phrase"'
          className="min-w-40 max-w-80 flex-1"
          value={state.q}
          maxLength={200}
          onChange={(event) => setState({ q: event.target.value })}
        />
        <NativeSelect
          aria-label="Level"
          options={[{ value: "", label: "Any level" }, ...logLevels.map((level) => ({ value: level, label: level }))]}
          value={state.level ?? ""}
          onChange={(event) => setState({ level: logLevels.find((one) => one === event.target.value) ?? null })}
        />
        <NativeSelect
          aria-label="Task"
          className="max-w-52"
          options={[
            { value: "", label: "All tasks" },
            ...(state.task && !tasks.some(({ value }) => value === state.task)
              ? [{ value: state.task, label: state.task.slice(0, 12) }]
              : []),
            ...tasks,
          ]}
          value={state.task ?? ""}
          onChange={(event) => setState({ task: event.target.value || null })}
        />
        <Input
          aria-label="Jump to a time"
          type="datetime-local"
          step="1"
          className="w-auto text-xs"
          value={state.at ? localTime(state.at) : ""}
          onChange={(event) => {
            const chosen = new Date(event.target.value);
            setState({ at: Number.isNaN(chosen.getTime()) ? null : chosen.toISOString() });
          }}
        />
        {state.at ? (
          <Button variant="ghost" size="icon-sm" aria-label="Back to now" onClick={() => setState({ at: null })}>
            <X aria-hidden />
          </Button>
        ) : null}
        <span className="ml-auto flex items-center gap-1.5">
          {state.at ? null : (
            <Button size="sm" onClick={() => setState({ live: !state.live })} aria-pressed={state.live}>
              {state.live ? <Pause aria-hidden /> : <Play aria-hidden />} {state.live ? "Pause" : "Follow"}
            </Button>
          )}
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label="Wrap long lines"
            aria-pressed={wraps}
            onClick={() => setWraps(!wraps)}
          >
            <WrapText aria-hidden />
          </Button>
          <Button asChild size="sm">
            <a
              href={logDownloadHref(agent, {
                ...(state.task ? { taskId: state.task } : {}),
                ...(q ? { q } : {}),
                ...(state.at ? { from: state.at } : {}),
              })}
              download
            >
              <Download aria-hidden /> Download
            </a>
          </Button>
        </span>
      </div>
      {isLive && tail.state !== "off" ? <TailNote tail={tail} /> : null}
      {back.isError && !back.data ? (
        <QueryError error={back.error} onRetry={() => void back.refetch()} retrying={back.isFetching} />
      ) : back.isPending ? (
        <LoadingRegion label="Loading the log">
          <Skeleton className="h-96 w-full rounded-lg" />
        </LoadingRegion>
      ) : total === 0 && !back.hasNextPage ? (
        <EmptyState
          icon={ScrollText}
          title={q || state.level || state.task ? "No line fits" : "Nothing was written yet"}
          actions={
            q || state.level || state.task ? (
              <Button onClick={() => setState({ q: null, level: null, task: null })}>Show all lines</Button>
            ) : undefined
          }
        >
          {isLive ? "New lines appear here as they are written." : null}
        </EmptyState>
      ) : (
        <LogLines
          agent={agent}
          lines={lines}
          isFollowing={isLive}
          wraps={wraps}
          className="h-[65vh]"
          before={
            <More
              has={back.hasNextPage}
              isBusy={back.isFetchingNextPage}
              label={searchedText(back.data?.pages.at(-1)?.searchedFrom)}
              onMore={() => void back.fetchNextPage()}
            >
              This is where the log begins
            </More>
          }
          after={
            at ? (
              <More
                has={forth.hasNextPage}
                isBusy={forth.isFetchingNextPage}
                label="Show what came after"
                onMore={() => void forth.fetchNextPage()}
              >
                Nothing came after
              </More>
            ) : null
          }
        />
      )}
    </>
  );
};

const searchedText = (searchedFrom: string | undefined): string =>
  searchedFrom ? `Searched back to ${formatMoment(new Date(searchedFrom))}: go on` : "Show older lines";

const More = ({
  has,
  isBusy,
  label,
  onMore,
  children,
}: {
  has: boolean;
  isBusy: boolean;
  label: string;
  onMore: () => void;
  children: ReactNode;
}) => (
  <p className="flex justify-center px-3 py-1.5 font-sans text-muted-foreground">
    {has ? (
      <Button size="sm" busy={isBusy} onClick={onMore}>
        {label}
      </Button>
    ) : (
      children
    )}
  </p>
);

const tailWords: Record<TailState, string> = {
  off: "",
  connecting: "Connecting…",
  live: "Live",
  waiting: "Connection lost, trying again…",
  refused: "Not followed",
};

const TailNote = ({ tail }: { tail: TailView }) => (
  <p className="mb-1.5 flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
    <span className={`size-2 rounded-full ${tail.state === "live" ? "bg-success" : "bg-warning"}`} aria-hidden />
    <span role="status">{tail.refusal ?? tailWords[tail.state]}</span>
    {tail.skipped > 0 ? (
      <span className="text-warning">
        {sayLines(tail.skipped)} skipped: more is written than can be shown. The download has all of it.
      </span>
    ) : null}
  </p>
);

/** Tasks that run, and those that stopped lately. */
const useTaskChoices = (agent: string): { value: string; label: string }[] => {
  const none = { releaseId: null, cause: null };
  const running = useInfiniteQuery(tasksOptions(agent, { state: "running", ...none }));
  const stopped = useInfiniteQuery(tasksOptions(agent, { state: "stopped", ...none }));
  const choices = (query: typeof running, word: string) =>
    (query.data?.pages[0]?.items ?? []).map(({ id }) => ({ value: id, label: `${id.slice(0, 12)}, ${word}` }));
  return [...choices(running, "running"), ...choices(stopped, "stopped").slice(0, 20)];
};
