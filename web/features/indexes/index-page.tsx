"use client";
import type { IndexDetail } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { FileStack, Search } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { QueryError, toastError } from "../../lib/query-error.tsx";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { Progress } from "../../ui/progress.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { BuildCard } from "./build-card.tsx";
import { useDeleteIndex } from "./mutations.ts";
import { indexOptions } from "./queries.ts";
import { SettingsForm } from "./settings-form.tsx";

/** One index: what it holds, what it was built with, its settings. */
export const IndexPage = ({ slug }: { slug: string }) => {
  const index = useQuery(indexOptions(slug));
  const mayWrite = useCan("indexes.write");
  if (index.isPending)
    return (
      <PageBody>
        <LoadingRegion label="Loading the index" className="grid gap-4">
          <Skeleton className="h-7 w-64" />
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-64 w-full" />
        </LoadingRegion>
      </PageBody>
    );
  if (index.isError && !index.data)
    return (
      <PageBody>
        <QueryError
          error={index.error}
          onRetry={() => void index.refetch()}
          retrying={index.isFetching}
          actions={
            <Button asChild>
              <Link href="/indexes">All indexes</Link>
            </Button>
          }
        />
      </PageBody>
    );
  const { data } = index;
  return (
    <PageBody>
      <PageHeader
        breadcrumb={
          <Link href="/indexes" className="hover:text-foreground hover:underline">
            Indexes
          </Link>
        }
        title={data.name}
        description={data.description}
        meta={
          <>
            <CopyableId id={data.slug} label="short name" />
            <Badge>{data.language}</Badge>
            <span className="text-muted-foreground">
              Created by {data.createdBy} <RelativeTime at={data.createdAt} />
            </span>
          </>
        }
        actions={
          <>
            <Button asChild>
              <Link href={`/search?index=${data.slug}`}>
                <Search aria-hidden /> Search it
              </Link>
            </Button>
            <Button asChild variant="primary">
              <Link href={`/documents?index=${data.slug}`}>
                <FileStack aria-hidden /> Documents
              </Link>
            </Button>
          </>
        }
      />
      <Statistics index={data} />
      <BuildCard build={data.build} />
      <Section title="Settings" hint={mayWrite ? undefined : "Only administrators may change them."}>
        <SettingsForm index={data} isReadOnly={!mayWrite} />
      </Section>
      {mayWrite ? <DangerZone index={data} /> : null}
    </PageBody>
  );
};

const Section = ({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) => (
  <section aria-label={title} className="mt-8">
    <h2 className="font-semibold text-lg">{title}</h2>
    {hint ? <p className="text-muted-foreground text-sm">{hint}</p> : null}
    <div className="mt-3">{children}</div>
  </section>
);

const Statistics = ({ index }: { index: IndexDetail }) => {
  const { statistics } = index;
  const share = statistics.passages === 0 ? 1 : statistics.vectors / statistics.passages;
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-3 xl:grid-cols-6">
      <Figure
        label="Documents"
        value={formatCount(index.documents)}
        hint={`${formatCount(statistics.documents)} searchable`}
      />
      <Figure label="Passages" value={formatCount(statistics.passages)} />
      <Figure
        label="Vectors"
        value={formatCount(statistics.vectors)}
        hint={`${Math.floor(share * 100)} % of the passages`}
      >
        {share < 1 ? <Progress value={share} label="Passages with vectors" className="mt-1.5 h-1" /> : null}
      </Figure>
      <Figure label="Size" value={formatBytes(statistics.sizeBytes)} />
      <Figure
        label="Unindexed rows"
        value={formatCount(statistics.unindexedRows)}
        hint={
          statistics.unindexedRows > 0 ? "found by scanning until the next upkeep" : "all are in the search structures"
        }
      />
      <Figure label="Table version" value={formatCount(statistics.tableVersion)} hint="counts the writes" />
    </dl>
  );
};

const Figure = ({
  label,
  value,
  hint,
  children,
}: {
  label: string;
  value: string;
  hint?: string;
  children?: ReactNode;
}) => (
  <div className="-mt-px -ml-px border-t border-l px-4 py-3">
    <dt className="text-muted-foreground text-xs">{label}</dt>
    <dd className="font-semibold text-xl tabular-nums">{value}</dd>
    {hint ? <dd className="text-2xs text-muted-foreground">{hint}</dd> : null}
    {children ? <dd>{children}</dd> : null}
  </div>
);

const DangerZone = ({ index }: { index: IndexDetail }) => {
  const router = useRouter();
  const remove = useDeleteIndex(index.slug);
  const [isOpen, setOpen] = useState(false);
  return (
    <section
      aria-label="Delete"
      className="mt-10 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-destructive p-4"
    >
      <div>
        <h2 className="font-medium">Delete this index</h2>
        <p className="text-muted-foreground text-sm">
          It takes its {formatPlural(index.documents, "document")} with it, for good. This cannot be undone.
        </p>
      </div>
      <Button variant="destructive" onClick={() => setOpen(true)}>
        Delete index
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete “${index.name}”?`}
        description={`${formatPlural(index.documents, "document")} with all versions will be gone for good, and nobody will find them any more.`}
        confirmLabel="Delete for good"
        confirmText={index.slug}
        onConfirm={async () => {
          try {
            await remove.mutateAsync();
          } catch (error) {
            toastError(error);
            throw error;
          }
          toast.success(`“${index.name}” deleted`);
          router.push("/indexes");
        }}
      />
    </section>
  );
};
