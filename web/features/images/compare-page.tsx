"use client";
import type { ImageDifferences } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { formatPlural } from "../../lib/format.ts";
import { signedBytes } from "../../lib/image-difference.tsx";
import { ImageId, shortDigest } from "../../lib/image-id.tsx";
import { differencesOptions, imageChoicesOptions } from "../../lib/images.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { textParam, useUrlStates } from "../../lib/url-state.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { FindingLine } from "./finding-line.tsx";
import { Part, Problems } from "./parts.tsx";

const params = { from: textParam, to: textParam };

/** Two images beside each other: findings, packages, layers and configuration. By default what runs against the newest. */
export const ComparePage = ({ repository }: { repository: string }) => {
  const images = useQuery(imageChoicesOptions(repository));
  const [state, setState] = useUrlStates(params);
  if (images.isError && !images.data)
    return <QueryError error={images.error} onRetry={() => void images.refetch()} retrying={images.isFetching} />;
  if (!images.data) return <Skeleton className="h-60 w-full rounded-lg" />;
  const { items } = images.data;
  const to = state.to ?? items[0]?.digest;
  const running = items.find((image) => image.runs.length > 0 && image.digest !== to);
  const from = state.from ?? running?.digest ?? items.find((image) => image.digest !== to)?.digest;
  if (!from || !to || items.length < 2)
    return (
      <EmptyState icon={GitCompareArrows} title="There is nothing to compare yet">
        With two images in the repository you see what differs before you release one.
      </EmptyState>
    );
  const options = items.map((image) => ({
    value: image.digest as string,
    label: `${image.tags[0] ?? "untagged"} (${shortDigest(image.digest).slice(0, 8)})${image.runs.length > 0 ? ", runs now" : ""}`,
  }));
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center gap-2 text-sm">
        <NativeSelect
          aria-label="From image"
          className="max-w-72"
          options={options}
          value={from}
          onChange={(event) => setState({ from: event.target.value, to })}
        />
        <span aria-hidden>→</span>
        <NativeSelect
          aria-label="To image"
          className="max-w-72"
          options={options}
          value={to}
          onChange={(event) => setState({ to: event.target.value, from })}
        />
      </div>
      <Differences repository={repository} from={from} to={to} />
    </>
  );
};

const Differences = ({ repository, from, to }: { repository: string; from: string; to: string }) => {
  const differences = useQuery({ ...differencesOptions(repository, from, to), enabled: from !== to });
  if (from === to) return <p className="text-muted-foreground text-sm">It is the same image.</p>;
  if (differences.isError && !differences.data)
    return (
      <QueryError
        error={differences.error}
        onRetry={() => void differences.refetch()}
        retrying={differences.isFetching}
      />
    );
  if (!differences.data) return <Skeleton className="h-60 w-full rounded-lg" />;
  const { data } = differences;
  return (
    <div className="grid gap-6">
      <Problems problems={data.problems} />
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <ImageId repository={repository} image={{ ...data.from, tag: data.from.tags[0] }} />
        <span aria-hidden>→</span>
        <ImageId repository={repository} image={{ ...data.to, tag: data.to.tags[0] }} />
      </p>
      <Part title="Size">
        <p className="text-sm tabular-nums">
          {formatBytes(data.from.sizeBytes)} → {formatBytes(data.to.sizeBytes)},{" "}
          {signedBytes(data.to.sizeBytes - data.from.sizeBytes)}
        </p>
      </Part>
      <FindingPart title="Findings that come" items={data.findings.added} empty="No finding comes with it." />
      <FindingPart title="Findings that go" items={data.findings.fixed} empty="No finding is mended by it." />
      <Part title={`Packages${packageWords(data.packages)}`}>
        <ValueList items={data.packages} empty="The packages are the same." />
      </Part>
      <Part title="Configuration">
        <ValueList items={data.configuration} empty="The configuration is the same." />
      </Part>
      <Part title="Layers">
        <Layers layers={data.layers} />
      </Part>
    </div>
  );
};

/** How many packages came, went and changed. */
const packageWords = (packages: ImageDifferences["packages"]): string => {
  const added = packages.filter(({ before }) => before === undefined).length;
  const removed = packages.filter(({ after }) => after === undefined).length;
  const changed = packages.length - added - removed;
  const words = [
    [added, "added"],
    [removed, "removed"],
    [changed, "changed"],
  ].flatMap(([count, word]) => (count ? `${count} ${word}` : []));
  return words.length > 0 ? `: ${words.join(", ")}` : "";
};

const FindingPart = ({
  title,
  items,
  empty,
}: {
  title: string;
  items: ImageDifferences["findings"]["added"];
  empty: string;
}) => (
  <Part title={title}>
    {items.length === 0 ? (
      <p className="text-muted-foreground text-sm">{empty}</p>
    ) : (
      <ul className="divide-y rounded-lg border bg-card">
        {items.map((finding) => (
          <FindingLine key={`${finding.id} ${finding.package}`} finding={finding} />
        ))}
      </ul>
    )}
  </Part>
);

const ValueList = ({
  items,
  empty,
}: {
  items: readonly { name: string; before?: string | undefined; after?: string | undefined }[];
  empty: string;
}) =>
  items.length === 0 ? (
    <p className="text-muted-foreground text-sm">{empty}</p>
  ) : (
    <ul className="divide-y rounded-lg border bg-card text-sm">
      {items.map(({ name, before, after }) => (
        <li key={name} className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-[minmax(8rem,16rem)_1fr]">
          <span className="wrap-anywhere font-medium">{name}</span>
          <span className="wrap-anywhere min-w-0 font-mono text-xs leading-5">
            <del className="text-muted-foreground">{before ?? "none"}</del> →{" "}
            <ins className="no-underline">{after ?? "none"}</ins>
          </span>
        </li>
      ))}
    </ul>
  );

const sizeOf = (layers: readonly { sizeBytes: number }[]): string =>
  formatBytes(layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));

const Layers = ({ layers: { same, removed, added } }: { layers: ImageDifferences["layers"] }) => (
  <p className="text-sm tabular-nums">
    {formatPlural(same.length, "layer")} shared ({sizeOf(same)}),{" "}
    <span className={added.length > 0 ? "text-success" : undefined}>
      {added.length} added ({sizeOf(added)})
    </span>
    ,{" "}
    <span className={removed.length > 0 ? "text-destructive" : undefined}>
      {removed.length} removed ({sizeOf(removed)})
    </span>
    .
  </p>
);
