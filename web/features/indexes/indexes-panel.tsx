"use client";
import type { Index } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Library, LockKeyhole, Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { formatCount } from "../../lib/format.ts";
import { FreshnessCell } from "../../lib/freshness.tsx";
import { useCan } from "../../lib/me.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { CreateIndexDialog } from "./create-index-dialog.tsx";
import { indexListOptions } from "./queries.ts";

/** What people search: each index with its documents and readers. */
export const IndexesPanel = () => {
  const indexes = useQuery(indexListOptions());
  const mayWrite = useCan("indexes.write");
  const [isCreating, setCreating] = useState(false);
  const create = mayWrite ? (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden /> Create index
    </Button>
  ) : null;
  return (
    <PageBody>
      <PageHeader
        title="Indexes"
        description="What people search. Each has its own documents, its readers and its language."
        actions={indexes.data?.length === 0 ? null : create}
      />
      {indexes.isPending ? (
        <LoadingRegion label="Loading indexes" className="grid gap-px">
          {["a", "b", "c", "d"].map((key) => (
            <div key={key} className="flex h-14 items-center gap-4 border-b px-3">
              <Skeleton className="h-3.5 w-1/3" />
              <Skeleton className="ml-auto h-3.5 w-24" />
            </div>
          ))}
        </LoadingRegion>
      ) : indexes.isError ? (
        <QueryError error={indexes.error} onRetry={() => void indexes.refetch()} retrying={indexes.isFetching} />
      ) : indexes.data.length === 0 ? (
        <EmptyState
          icon={Library}
          title={mayWrite ? "Create the first index" : "There is no index you may read"}
          actions={create}
        >
          {mayWrite
            ? "Give each group of documents that belongs together, and is read by the same people, an index of its own."
            : "Ask an administrator to add you, or a group you are in, to the readers of an index."}
        </EmptyState>
      ) : (
        <IndexTable indexes={indexes.data} />
      )}
      {mayWrite ? <CreateIndexDialog open={isCreating} onOpenChange={setCreating} /> : null}
    </PageBody>
  );
};

const IndexTable = ({ indexes }: { indexes: readonly Index[] }) => {
  const mayCare = useCan("care.read");
  const router = useRouter();
  return (
    <div className="relative overflow-x-auto rounded-lg border">
      <Table>
        <TableHead>
          <tr>
            <TableHeaderCell>Name</TableHeaderCell>
            <TableHeaderCell className="hidden lg:table-cell">Language</TableHeaderCell>
            <TableHeaderCell className="text-right">Documents</TableHeaderCell>
            <TableHeaderCell className="hidden sm:table-cell">Readers</TableHeaderCell>
            {mayCare ? (
              <TableHeaderCell
                className="hidden text-right lg:table-cell"
                title="From the arrival of bytes until searches find them"
              >
                Time to search
              </TableHeaderCell>
            ) : null}
            <TableHeaderCell className="hidden md:table-cell">Updated</TableHeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {indexes.map((index) => (
            <TableRow
              key={index.slug}
              className="cursor-default"
              onClick={(event) => {
                const isLink = event.target instanceof Element && event.target.closest("a, button") !== null;
                if (!isLink) router.push(`/indexes/${index.slug}`);
              }}
            >
              <TableCell className="max-w-52 sm:max-w-80">
                <Link href={`/indexes/${index.slug}`} className="inline-block py-0.5 font-medium hover:underline">
                  {index.name}
                </Link>
                {index.settings.protection.protected ? (
                  <LockKeyhole className="ml-1.5 inline size-3.5 text-warning" role="img" aria-label="Protected" />
                ) : null}
                <div className="flex min-w-0 items-center gap-1 text-xs">
                  <CopyableId id={index.slug} label="short name" className="-ml-1 min-h-6" />
                  {index.description ? (
                    <span className="truncate text-muted-foreground">{index.description}</span>
                  ) : null}
                </div>
              </TableCell>
              <TableCell className="hidden text-muted-foreground lg:table-cell">{index.language}</TableCell>
              <TableCell className="text-right tabular-nums">
                <Link
                  href={`/documents?index=${index.slug}`}
                  className="hover:underline"
                  aria-label={`${formatCount(index.documents)} documents of ${index.name}`}
                >
                  {formatCount(index.documents)}
                </Link>
              </TableCell>
              <TableCell className="hidden sm:table-cell">
                <ReaderBadges readers={index.readers} />
              </TableCell>
              {mayCare ? (
                <TableCell className="hidden whitespace-nowrap text-right tabular-nums lg:table-cell">
                  <FreshnessCell slug={index.slug} />
                </TableCell>
              ) : null}
              <TableCell className="hidden whitespace-nowrap text-muted-foreground md:table-cell">
                <RelativeTime at={index.updatedAt} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
};

export const ReaderBadges = ({ readers }: { readers: readonly string[] }) => (
  <span className="flex flex-wrap gap-1" title={readers.join(", ")}>
    {readers.slice(0, 3).map((reader) => (
      <Badge key={reader} tone={reader === "everyone" ? "info" : "outline"}>
        {reader}
      </Badge>
    ))}
    {readers.length > 3 ? <Badge>+{readers.length - 3}</Badge> : null}
  </span>
);
