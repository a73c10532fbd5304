"use client";
import type { ImageItem } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Container } from "lucide-react";
import Link from "next/link";
import { ImageId } from "../../lib/image-id.tsx";
import { imageChoicesOptions } from "../../lib/images.ts";
import { imagePath, repositoryPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { SeverityCounts } from "../../lib/severity.tsx";
import { Badge } from "../../ui/badge.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";

/** Which image runs: the newest first, each with what the scan found and where it runs. */
export const ImageChoice = ({
  agent,
  digest,
  onChange,
}: {
  agent: string;
  digest: string | undefined;
  onChange: (digest: string) => void;
}) => {
  const images = useQuery(imageChoicesOptions(agent));
  if (images.isError && !images.data)
    return <QueryError error={images.error} onRetry={() => void images.refetch()} retrying={images.isFetching} />;
  if (!images.data)
    return (
      <LoadingRegion label="Loading images" className="grid gap-px">
        <Skeleton className="h-14 w-full" />
        <Skeleton className="h-14 w-full" />
      </LoadingRegion>
    );
  if (images.data.items.length === 0)
    return (
      <EmptyState icon={Container} title="There is no image yet" className="py-8">
        Build one with <code>npm run image -- {agent} --push</code>; it appears here once it is pushed.
      </EmptyState>
    );
  return (
    <fieldset className="max-h-80 divide-y overflow-y-auto rounded-lg border bg-card">
      <legend className="sr-only">Image</legend>
      {images.data.items.map((image) => (
        <Choice
          key={image.digest}
          agent={agent}
          image={image}
          isChosen={image.digest === digest}
          onChoose={() => onChange(image.digest)}
        />
      ))}
      {images.data.total > images.data.items.length ? (
        <p className="px-3 py-2 text-muted-foreground text-xs">
          The newest {images.data.items.length} of {images.data.total};{" "}
          <Link href={repositoryPath(agent)} className="text-link underline underline-offset-2">
            older ones
          </Link>{" "}
          are released from their own page.
        </p>
      ) : null}
    </fieldset>
  );
};

const Choice = ({
  agent,
  image,
  isChosen,
  onChoose,
}: {
  agent: string;
  image: ImageItem;
  isChosen: boolean;
  onChoose: () => void;
}) => (
  <div className={cn("flex items-start gap-3 px-3 py-2 text-sm", isChosen && "bg-primary-soft")}>
    <input
      type="radio"
      name="image"
      id={`image-${image.digest}`}
      className="mt-1 size-4 accent-primary"
      checked={isChosen}
      onChange={onChoose}
    />
    <label htmlFor={`image-${image.digest}`} className="grid min-w-0 flex-1 gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <span className="font-medium">{image.tags[0] ?? "untagged"}</span>
        {image.runs.length > 0 ? <Badge tone="success">Runs now</Badge> : null}
        {image.scan.state === "complete" ? (
          <SeverityCounts counts={image.scan.counts} />
        ) : (
          <Badge tone="warning">{image.scan.state === "running" ? "being scanned" : "not scanned"}</Badge>
        )}
      </span>
      <span className="text-muted-foreground text-xs">
        pushed <RelativeTime at={image.pushedAt} />
        {image.version ? `, version ${image.version}` : ""}
      </span>
    </label>
    <span className="hidden sm:block">
      <ImageId
        image={{ digest: image.digest, commit: image.commit, tag: "" }}
        className="[&>span:first-child]:hidden"
      />
    </span>
    <Link href={imagePath(agent, image.digest)} className="text-link text-xs hover:underline">
      Open
    </Link>
  </div>
);
