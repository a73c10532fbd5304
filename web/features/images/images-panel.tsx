"use client";
import type { ImageItem } from "@samla/contracts";
import { formatBytes, imageShows } from "@samla/contracts/plain";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Container } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "../../lib/format.ts";
import { CommitId, DigestId } from "../../lib/image-id.tsx";
import { imagePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { ImageUse, Problems, ScanResult } from "./parts.tsx";
import { QuarantineNote } from "./quarantine-note.tsx";
import { type ImageShow, imagesOptions } from "./queries.ts";

const showLabels: Record<ImageShow, string> = {
  all: "All images",
  tagged: "With a tag",
  untagged: "Without a tag",
  running: "Running now",
  unprotected: "Rules may take them",
  quarantined: "Deleted, can be restored",
};
const params = { q: textParam.whileTyping().withDefault(""), show: oneOfParam(imageShows).withDefault("all") };

/** The images of a repository: newest first, with where each runs and where one could go back to it. */
export const ImagesPanel = ({ repository }: { repository: string }) => {
  const [filter, setFilter] = useUrlStates(params);
  const q = useDebounced(filter.q.trim(), 200);
  const images = useInfiniteQuery(imagesOptions(repository, { q, show: filter.show }));
  const items = images.data?.pages.flatMap((page) => page.items);
  const first = images.data?.pages[0];
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Input
          aria-label="Find an image"
          data-search-input
          placeholder="Tag, digest or commit"
          className="max-w-72"
          value={filter.q}
          maxLength={100}
          onChange={(event) => setFilter({ q: event.target.value })}
        />
        <NativeSelect
          aria-label="Which images"
          options={imageShows.map((show) => ({ value: show, label: showLabels[show] }))}
          value={filter.show}
          onChange={(event) => setFilter({ show: imageShows.find((one) => one === event.target.value) ?? "all" })}
        />
        {first ? (
          <span className="ml-auto text-muted-foreground text-xs">{formatPlural(first.total, "image")}</span>
        ) : null}
      </div>
      <Problems problems={first?.problems ?? []} />
      {images.isError && !items ? (
        <QueryError error={images.error} onRetry={() => void images.refetch()} retrying={images.isFetching} />
      ) : !items ? (
        <LoadingRegion label="Loading images" className="grid gap-px">
          {["a", "b", "c", "d"].map((key) => (
            <Skeleton key={key} className="h-16 w-full" />
          ))}
        </LoadingRegion>
      ) : items.length === 0 ? (
        <EmptyState
          icon={Container}
          title={
            !q && filter.show === "quarantined"
              ? "No deleted image waits for its removal"
              : q || filter.show !== "all"
                ? "No image fits"
                : "There is no image yet"
          }
          actions={
            q || filter.show !== "all" ? (
              <Button onClick={() => setFilter({ q: null, show: null })}>Show all</Button>
            ) : undefined
          }
        >
          {q || filter.show !== "all" ? null : (
            <>
              Build one with <code>npm run image -- {repository} --push</code>.
            </>
          )}
        </EmptyState>
      ) : (
        <>
          <ul aria-label="Images" className="divide-y rounded-lg border bg-card">
            {items.map((image) => (
              <ImageRow key={image.digest} image={image} />
            ))}
          </ul>
          {images.hasNextPage ? (
            <Button className="mt-3" busy={images.isFetchingNextPage} onClick={() => void images.fetchNextPage()}>
              Show older
            </Button>
          ) : null}
        </>
      )}
    </>
  );
};

const ImageRow = ({ image }: { image: ImageItem }) => (
  <li
    data-image={image.digest}
    className="grid gap-x-5 gap-y-2 px-4 py-3 text-sm transition-colors hover:bg-surface md:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)_minmax(0,1.2fr)_auto]"
  >
    <div className="min-w-0">
      <Link href={imagePath(image.agent, image.digest)} className="block truncate font-medium hover:underline">
        {[...image.tags, ...(image.quarantine?.tags ?? [])].join(", ") || "untagged"}
      </Link>
      <p className="mt-0.5 flex flex-wrap items-center gap-x-2">
        <DigestId digest={image.digest} />
        {image.commit ? <CommitId commit={image.commit} /> : null}
      </p>
      {image.quarantine ? <QuarantineNote quarantine={image.quarantine} /> : null}
    </div>
    <div className="text-xs">
      <ScanResult scan={image.scan} />
    </div>
    <ImageUse image={image} />
    <dl className="grid grid-cols-[auto_1fr] content-start gap-x-2 text-muted-foreground text-xs md:text-right">
      <dt>pushed</dt>
      <dd>
        <RelativeTime at={image.pushedAt} />
      </dd>
      <dt>pulled</dt>
      <dd>{image.pulledAt ? <RelativeTime at={image.pulledAt} /> : "never"}</dd>
      <dt>size</dt>
      <dd className="tabular-nums">{formatBytes(image.sizeBytes)}</dd>
    </dl>
  </li>
);
