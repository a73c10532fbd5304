"use client";
import type { IndexSlug, QueryRecord, ReplayResult } from "@samla/contracts";
import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleSlash, GitCompareArrows, RotateCcw } from "lucide-react";
import { callApi } from "../../lib/api.ts";
import { formatPlural } from "../../lib/format.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { RankMoves } from "../../lib/rank-moves.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { differenceOf } from "./difference.ts";

/** Runs a search again on its build, and says of each hit of then where it is now or why it is gone. */
export const Replay = ({ query }: { query: QueryRecord }) => {
  const replay = useMutation({
    mutationFn: () =>
      callApi("queries.replay", { params: { queryId: query.id }, body: { index: query.index as IndexSlug } }),
  });
  return (
    <section aria-label="Replay">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-3">
        <div>
          <h3 className="font-medium">Does it still find the same?</h3>
          <p className="text-muted-foreground text-sm">
            Runs on the very build it ran on, with the rights its person had. Nothing is recorded.
          </p>
        </div>
        <Button onClick={() => replay.mutate()} busy={replay.isPending}>
          <RotateCcw aria-hidden /> {replay.data ? "Run it once more" : "Run it again"}
        </Button>
      </div>
      {replay.isError ? (
        <QueryError error={replay.error} onRetry={() => replay.mutate()} retrying={replay.isPending} />
      ) : replay.data ? (
        <Outcome result={replay.data} />
      ) : null}
    </section>
  );
};

const Outcome = ({ result }: { result: ReplayResult }) => {
  if (result.notRun)
    return (
      <>
        <p role="status" className="flex items-center gap-2 rounded-lg bg-destructive-soft px-4 py-3 text-sm">
          <CircleSlash className="size-4 shrink-0 text-destructive" aria-hidden /> {result.notRun}
        </p>
        <Gone gone={result.gone} />
      </>
    );
  if (result.same)
    return (
      <p role="status" className="flex items-center gap-2 rounded-lg bg-success-soft px-4 py-3 text-sm">
        <CircleCheck className="size-4 shrink-0 text-success" aria-hidden />
        {result.hits.length === 0
          ? "The same: it finds nothing."
          : `The same ${formatPlural(result.hits.length, "hit")} in the same order, of the same bytes.`}
      </p>
    );
  const names = new Map<string, string>([...result.hits, ...result.gone].map((hit) => [hit.passageId, hit.name]));
  const placeOf = (id: string) => result.query.hits.findIndex((hit) => hit.passageId === id) + 1;
  const moves = [
    ...result.hits.map((hit) => ({ id: hit.passageId, before: hit.before, after: hit.after })),
    ...result.gone.map((hit) => ({ id: hit.passageId, before: placeOf(hit.passageId), after: null })),
  ];
  return (
    <div className="grid gap-3">
      <p role="status" className="flex items-center gap-2 rounded-lg bg-warning-soft px-4 py-3 text-sm">
        <GitCompareArrows className="size-4 shrink-0 text-warning" aria-hidden />
        {differenceOf(result)}
      </p>
      <Gone gone={result.gone} />
      <div className="rounded-lg border bg-card p-3">
        <RankMoves moves={moves} beforeLabel="Then" afterLabel="Now">
          {(id) => <span className="min-w-0 truncate">{names.get(id)}</span>}
        </RankMoves>
      </div>
    </div>
  );
};

const causes: Record<ReplayResult["gone"][number]["cause"], string> = {
  "document-deleted": "document deleted",
  "document-purged": "document purged",
  "version-replaced": "newer version",
  "access-changed": "not open any more",
  "build-deleted": "build deleted",
  "other-order": "outranked",
};

const Gone = ({ gone }: { gone: ReplayResult["gone"] }) =>
  gone.length === 0 ? null : (
    <ul aria-label="Gone" className="mt-1 divide-y rounded-lg border bg-card">
      {gone.map((hit) => (
        <li key={hit.passageId} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2 text-sm">
          <span className="min-w-0 flex-1 basis-40 truncate font-medium">{hit.name}</span>
          <Badge tone={hit.cause === "other-order" ? "outline" : "warning"}>{causes[hit.cause]}</Badge>
          <span className="w-full text-muted-foreground text-xs">{hit.explanation}</span>
        </li>
      ))}
    </ul>
  );
