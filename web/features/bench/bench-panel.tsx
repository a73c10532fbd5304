"use client";
import type { BuildDetail, TriedHit, TrySearchResult } from "@samla/contracts";
import { followsChanges, type searchModes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { EyeOff, ListPlus, Microscope } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { callApi, createIdempotencyKey } from "../../lib/api.ts";
import { buildListOptions } from "../../lib/builds.ts";
import { CopyCall } from "../../lib/copy-call.tsx";
import { formatShare } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { documentPath, questionPath } from "../../lib/paths.ts";
import { QueryError, toastError } from "../../lib/query-error.tsx";
import { useUrlStates } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { alignHits, haveSamePassages, keysOfHits, overlapOf } from "./align.ts";
import { AsField } from "./as-field.tsx";
import { BenchHits } from "./bench-hits.tsx";
import { tryOptions } from "./queries.ts";
import { SideHead } from "./side-head.tsx";
import { benchParsers, chooseBuilds, requestOf } from "./state.ts";

const typingDelayMs = 250;
const modeOptions: readonly { value: (typeof searchModes)[number]; label: string }[] = [
  { value: "hybrid", label: "Words and meaning" },
  { value: "lexical", label: "Words only" },
  { value: "vector", label: "Meaning only" },
];

/** One query on two builds, or on one build with other settings: the hits joined, their scores taken apart. */
export const BenchPanel = ({ slug }: { slug: string }) => {
  const builds = useQuery(buildListOptions(slug));
  const [state, setState] = useUrlStates(benchParsers);
  const maySearchAs = useCan("search.as");
  const usable = builds.data?.filter((one) => followsChanges(one.status)) ?? [];
  const { left, right } = chooseBuilds(usable, state.left, state.right);
  const q = useDebounced(state.q, typingDelayMs);
  const leftTried = useDebounced(state.leftSettings, typingDelayMs);
  const rightTried = useDebounced(state.rightSettings, typingDelayMs);
  const leftBody = requestOf(q, state.mode, left, leftTried, state.as);
  const rightBody = requestOf(q, state.mode, right, rightTried, state.as);
  const leftResult = useQuery(tryOptions(slug, leftBody));
  const rightResult = useQuery(tryOptions(slug, rightBody));
  if (builds.isError && !builds.data)
    return <QueryError error={builds.error} onRetry={() => void builds.refetch()} retrying={builds.isFetching} />;
  if (!builds.data || !left)
    return (
      <LoadingRegion label="Loading builds" className="grid gap-3">
        <Skeleton className="h-10 w-full" />
        <Skeleton className="h-24 w-full" />
      </LoadingRegion>
    );
  const shownLeft = leftBody && leftResult.data?.buildId === left.id ? leftResult.data : undefined;
  const shownRight = rightBody && rightResult.data?.buildId === right?.id ? rightResult.data : undefined;
  const error = (leftBody && leftResult.error) || (rightBody && rightResult.error);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Query to try"
          placeholder="Type a query as people do; searches here leave no trace in the log"
          className="h-10 min-w-60 flex-1 text-base"
          value={state.q}
          maxLength={1000}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setState({ q: event.target.value || null })}
        />
        <NativeSelect
          aria-label="Match by"
          className="[&_select]:h-10 [&_select]:text-sm [&_svg]:top-3.5"
          options={modeOptions}
          value={state.mode}
          onChange={(event) =>
            setState({ mode: modeOptions.find((one) => one.value === event.target.value)?.value ?? null })
          }
        />
        <AsQuestion slug={slug} text={q.trim()} />
        {leftBody ? (
          <CopyCall className="h-10" call={{ id: "search.try", params: { index: slug }, body: leftBody }} />
        ) : null}
      </div>
      {maySearchAs ? <AsField value={state.as} onChange={(as) => setState({ as: as.length > 0 ? as : null })} /> : null}
      <div className="grid gap-3 md:grid-cols-2">
        <SideHead
          name="Left side"
          build={left}
          builds={usable}
          tried={state.leftSettings}
          result={shownLeft}
          onBuild={(id) => setState({ left: id, leftSettings: null })}
          onTried={(tried) => setState({ leftSettings: tried })}
        />
        <SideHead
          name="Right side"
          build={right}
          builds={usable}
          tried={state.rightSettings}
          result={shownRight}
          mayBeNone
          onBuild={(id) => setState({ right: id, rightSettings: null })}
          onTried={(tried) => setState({ rightSettings: tried })}
        />
      </div>
      {!leftBody ? (
        <EmptyState icon={Microscope} title="See why a hit stands where it stands">
          Type a query to see it on both sides at once: which hits move, what each word adds to a score, which words are
          passed by or added. Change the settings of a side until the hits are right, then make them a candidate build.
        </EmptyState>
      ) : error && !(shownLeft && (shownRight || !right)) ? (
        <QueryError
          error={error}
          onRetry={() => {
            void leftResult.refetch();
            if (right) void rightResult.refetch();
          }}
          retrying={leftResult.isFetching || rightResult.isFetching}
        />
      ) : !shownLeft || (right && !shownRight) ? (
        <LoadingRegion label="Searching" className="grid gap-2">
          {["a", "b", "c", "d", "e"].map((key) => (
            <Skeleton key={key} className="h-11 w-full" />
          ))}
        </LoadingRegion>
      ) : (
        <Joined
          key={`${left.id} ${right?.id}`}
          q={q.trim()}
          left={left}
          right={right}
          leftResult={shownLeft}
          rightResult={right ? shownRight : undefined}
          isStale={leftResult.isPlaceholderData || rightResult.isPlaceholderData}
        />
      )}
    </div>
  );
};

const Joined = ({
  q,
  left,
  right,
  leftResult,
  rightResult,
  isStale,
}: {
  q: string;
  left: BuildDetail;
  right: BuildDetail | undefined;
  leftResult: TrySearchResult;
  rightResult: TrySearchResult | undefined;
  isStale: boolean;
}) => {
  const samePassages = right ? haveSamePassages(left.config, right.config) : true;
  const leftKeys = keysOfHits(leftResult.hits, samePassages);
  const rightKeys = keysOfHits(rightResult?.hits ?? [], samePassages);
  const moves = alignHits(leftKeys, rightKeys);
  const byKey = (keys: readonly string[], hits: readonly TriedHit[]) => new Map(keys.map((key, at) => [key, hits[at]]));
  const hits = { before: byKey(leftKeys, leftResult.hits), after: byKey(rightKeys, rightResult?.hits ?? []) };
  const moved = moves.filter((move) => move.before !== move.after).length;
  return (
    <div className={cn("grid grid-cols-[minmax(0,1fr)] gap-4 transition-opacity", isStale && "opacity-60")}>
      {rightResult ? (
        <p className="text-muted-foreground text-xs tabular-nums" aria-live="polite">
          {moved === 0 ? "No hit moved." : `${moved} of ${moves.length} hits moved.`} {formatShare(overlapOf(moves))}{" "}
          are on both sides.
          {samePassages ? "" : " The builds cut texts differently, so hits are joined by document."}
        </p>
      ) : null}
      <BenchHits q={q} moves={moves} hits={hits} isSingle={!rightResult} />
      <Hidden results={[leftResult, ...(rightResult ? [rightResult] : [])]} />
    </div>
  );
};

/** With "search as": what you are shown and they are not, each with the rule that keeps it from them. */
const Hidden = ({ results }: { results: readonly TrySearchResult[] }): ReactNode => {
  const hidden = [
    ...new Map(results.flatMap((result) => result.hidden).map((one) => [one.documentId, one])).values(),
  ].sort((a, b) => a.rank - b.rank);
  if (hidden.length === 0) return null;
  return (
    <section aria-label="Not shown to them" className="rounded-lg border bg-card text-sm">
      <h3 className="flex items-center gap-2 border-b px-3 py-2 font-medium">
        <EyeOff className="size-4 text-muted-foreground" aria-hidden /> You are shown these, they are not
      </h3>
      <ul className="divide-y">
        {hidden.map((one) => (
          <li key={one.documentId} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5">
            <span className="w-5 text-right text-muted-foreground text-xs tabular-nums">{one.rank}</span>
            <Link href={documentPath(one.documentId)} prefetch={false} className="min-w-0 truncate hover:underline">
              {one.name}
            </Link>
            <span className="text-muted-foreground text-xs">{one.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** Takes the query down as a question, in one click. */
const AsQuestion = ({ slug, text }: { slug: string; text: string }) => {
  const mayWrite = useCan("questions.write");
  const [taken, setTaken] = useState<{ text: string; id: string }>();
  if (!mayWrite) return null;
  if (taken?.text === text && text !== "")
    return (
      <Button asChild className="h-10">
        <Link href={questionPath(slug, taken.id)}>Open the question</Link>
      </Button>
    );
  return (
    <Button
      className="h-10"
      disabled={text === ""}
      onClick={async () => {
        try {
          const made = await callApi("questions.create", {
            params: { index: slug as TriedHit["index"] },
            body: { text, source: "search" },
            idempotencyKey: createIdempotencyKey(),
          });
          setTaken({ text, id: made.id });
          toast.success("Taken down as a question");
        } catch (error) {
          toastError(error);
        }
      }}
    >
      <ListPlus aria-hidden /> As a question
    </Button>
  );
};
