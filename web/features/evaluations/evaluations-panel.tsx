"use client";
import type { BuildDetail, Evaluation } from "@samla/contracts";
import { followsChanges, isEvaluationOver } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { FlaskConical, GitCompareArrows } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { buildListOptions } from "../../lib/builds.ts";
import { formatFigure } from "../../lib/figures.ts";
import { formatCount } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { comparisonPath, evaluationPath, questionsPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { textParam, useUrlState } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { EvaluationBadge, EvaluationProgress, modeLabel, nameOfBuild } from "./evaluation-parts.tsx";
import { evaluationListOptions } from "./queries.ts";
import { StartForm } from "./start-form.tsx";

/** Evaluations of the builds of an index, to start, to look into and to compare. */
export const EvaluationsPanel = ({ slug }: { slug: string }) => {
  const [buildId] = useUrlState("build", textParam);
  const evaluations = useQuery(evaluationListOptions(slug));
  const builds = useQuery(buildListOptions(slug));
  const mayStart = useCan("questions.write");
  const searchable = builds.data
    ?.filter((one) => followsChanges(one.status) && one.status !== "building")
    .sort((a, b) => Number(b.status === "live") - Number(a.status === "live"));
  if (evaluations.isError && !evaluations.data)
    return (
      <QueryError
        error={evaluations.error}
        onRetry={() => void evaluations.refetch()}
        retrying={evaluations.isFetching}
      />
    );
  return (
    <div className="grid gap-4">
      {mayStart && searchable ? <StartForm slug={slug} builds={searchable} chosenBuildId={buildId} /> : null}
      {!evaluations.data ? (
        <LoadingRegion label="Loading evaluations">
          <Skeleton className="h-40 w-full" />
        </LoadingRegion>
      ) : evaluations.data.length === 0 ? (
        <EmptyState
          icon={FlaskConical}
          title="Nothing was evaluated yet"
          actions={
            <Button asChild>
              <Link href={questionsPath(slug)}>Questions</Link>
            </Button>
          }
        >
          An evaluation asks every question of a build and measures its answers. Evaluate the live build first: it is
          what candidates are held against, and the gate of a promotion asks for both.
        </EmptyState>
      ) : (
        <EvaluationTable slug={slug} evaluations={evaluations.data} builds={builds.data} />
      )}
    </div>
  );
};

const EvaluationTable = ({
  slug,
  evaluations,
  builds,
}: {
  slug: string;
  evaluations: readonly Evaluation[];
  builds: readonly BuildDetail[] | undefined;
}) => {
  const router = useRouter();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const toggle = (id: string) =>
    setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id].slice(-2)));
  // The older one stands on the left, whichever was chosen first.
  const pair = evaluations.filter((one) => chosen.includes(one.id)).toReversed();
  const compare = () => {
    const [before, after] = pair;
    if (before && after) router.push(comparisonPath(slug, before.id, after.id));
  };
  return (
    <section aria-label="Evaluations">
      <div className="mb-2 flex items-center justify-between gap-3">
        <p className="text-muted-foreground text-xs">Choose two to compare them question by question.</p>
        <Button size="sm" disabled={pair.length !== 2} onClick={compare}>
          <GitCompareArrows aria-hidden /> Compare
        </Button>
      </div>
      <div className="relative overflow-x-auto rounded-lg border">
        <Table>
          <TableHead>
            <tr>
              <TableHeaderCell className="w-8">
                <span className="sr-only">Choose</span>
              </TableHeaderCell>
              <TableHeaderCell>Build</TableHeaderCell>
              <TableHeaderCell>State</TableHeaderCell>
              <TableHeaderCell className="text-right">nDCG@10</TableHeaderCell>
              <TableHeaderCell className="hidden text-right sm:table-cell">Recall@10</TableHeaderCell>
              <TableHeaderCell className="hidden text-right md:table-cell">MRR</TableHeaderCell>
              <TableHeaderCell className="hidden text-right md:table-cell">Without a hit</TableHeaderCell>
              <TableHeaderCell className="hidden text-right lg:table-cell">p95</TableHeaderCell>
              <TableHeaderCell className="hidden text-right sm:table-cell">Questions</TableHeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {evaluations.map((one) => (
              <TableRow key={one.id} aria-selected={chosen.includes(one.id)}>
                <TableCell>
                  <Checkbox
                    aria-label={`Choose the evaluation of ${nameOfBuild(one.buildId, builds)}, ${one.id.slice(-6)}`}
                    checked={chosen.includes(one.id)}
                    disabled={one.status !== "done"}
                    onCheckedChange={() => toggle(one.id)}
                  />
                </TableCell>
                <TableCell className="max-w-40 sm:max-w-72">
                  <Link href={evaluationPath(slug, one.id)} className="block truncate font-medium hover:underline">
                    {nameOfBuild(one.buildId, builds)}
                  </Link>
                  <span className="block truncate text-muted-foreground text-xs">
                    {one.note ? `${one.note} · ` : ""}
                    {modeLabel(one.mode)} · <RelativeTime at={one.createdAt} /> by {one.createdBy}
                  </span>
                </TableCell>
                <TableCell>
                  {isEvaluationOver(one.status) ? (
                    <EvaluationBadge evaluation={one} />
                  ) : (
                    <EvaluationProgress evaluation={one} />
                  )}
                </TableCell>
                <Figure evaluation={one} name="ndcg10" className="font-medium" />
                <Figure evaluation={one} name="recall10" className="hidden sm:table-cell" />
                <Figure evaluation={one} name="mrr" className="hidden md:table-cell" />
                <Figure evaluation={one} name="zeroResultRate" className="hidden md:table-cell" />
                <Figure evaluation={one} name="p95Ms" className="hidden lg:table-cell" />
                <TableCell className="hidden text-right tabular-nums sm:table-cell">
                  {formatCount(one.questions)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </section>
  );
};

const Figure = ({
  evaluation,
  name,
  className,
}: {
  evaluation: Evaluation;
  name: "ndcg10" | "recall10" | "mrr" | "zeroResultRate" | "p95Ms";
  className: string;
}) => (
  <TableCell className={`text-right tabular-nums ${className}`}>
    {evaluation.figures ? formatFigure(name, evaluation.figures[name]) : "–"}
  </TableCell>
);
