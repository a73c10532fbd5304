"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { FileCheck2 } from "lucide-react";
import Link from "next/link";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { documentPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, useUrlState } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { buildDocumentsOptions } from "./queries.ts";

const outcomes = ["failed", "done"] as const;
const options = [
  { value: "failed", label: "Failed" },
  { value: "done", label: "Done" },
];

/** What became of each document in a build: those that failed with the reason and the next step. */
export const BuildDocuments = ({
  slug,
  buildId,
  isFilling,
  failed,
}: {
  slug: string;
  buildId: string;
  isFilling: boolean;
  failed: number;
}) => {
  const [outcome, setOutcome] = useUrlState(
    "outcome",
    oneOfParam(outcomes).withDefault(failed > 0 ? "failed" : "done"),
  );
  const documents = useInfiniteQuery(buildDocumentsOptions(slug, buildId, outcome, isFilling));
  const rows = documents.data?.pages.flatMap((page) => page.items);
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-3 text-xs">
        <NativeSelect
          aria-label="Outcome"
          options={options}
          value={outcome}
          onChange={(event) => setOutcome(outcomes.find((one) => one === event.target.value) ?? "failed")}
        />
        <span className="text-muted-foreground">{formatPlural(failed, "document")} failed</span>
      </div>
      {documents.isError && !rows ? (
        <QueryError error={documents.error} onRetry={() => void documents.refetch()} retrying={documents.isFetching} />
      ) : !rows ? (
        <LoadingRegion label="Loading documents">
          <Skeleton className="h-40 w-full" />
        </LoadingRegion>
      ) : rows.length === 0 ? (
        <EmptyState icon={FileCheck2} title={outcome === "failed" ? "No document failed" : "No document is done yet"}>
          {outcome === "failed"
            ? "Every document that was reached so far is in this build."
            : "Documents appear here one by one while the build is filled. The live build has none of its own: its documents are those of the index."}
        </EmptyState>
      ) : (
        <div className="relative overflow-x-auto rounded-lg border">
          <Table>
            <TableHead>
              <tr>
                <TableHeaderCell>Document</TableHeaderCell>
                <TableHeaderCell>{outcome === "failed" ? "Reason" : "Passages"}</TableHeaderCell>
                <TableHeaderCell className="hidden sm:table-cell">When</TableHeaderCell>
              </tr>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <TableRow key={row.documentId}>
                  <TableCell className="max-w-72">
                    <Link
                      href={documentPath(row.documentId)}
                      prefetch={false}
                      className="block truncate hover:underline"
                    >
                      {row.name}
                    </Link>
                  </TableCell>
                  <TableCell>
                    {row.outcome === "failed" ? (
                      <>
                        <span className="break-words text-destructive first-letter:uppercase">{row.reason}</span>{" "}
                        <span className="block text-muted-foreground text-xs">{row.nextStep}</span>
                      </>
                    ) : (
                      <span className="tabular-nums">{formatCount(row.passages)}</span>
                    )}
                  </TableCell>
                  <TableCell className="hidden whitespace-nowrap text-muted-foreground sm:table-cell">
                    <RelativeTime at={row.at} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      {documents.hasNextPage ? (
        <Button
          className="justify-self-center"
          onClick={() => void documents.fetchNextPage()}
          busy={documents.isFetchingNextPage}
        >
          Show more
        </Button>
      ) : null}
    </div>
  );
};
