"use client";
import type { Release } from "@samla/contracts";
import { canRollBackToRelease, type ReleaseKind, releaseKinds, replacesTasks } from "@samla/contracts/plain";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { History, Rocket, Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { ImageId } from "../../lib/image-id.tsx";
import { useCan } from "../../lib/me.ts";
import { newReleasePath, releasePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, useUrlState } from "../../lib/url-state.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { StateBadge } from "./parts.tsx";
import { agentOptions, releasesOptions } from "./queries.ts";
import { kindLabel, releaseTitle, stateOfRelease } from "./words.ts";

const RollBackDialog = dynamic(() => import("./roll-back-dialog.tsx").then((module) => module.RollBackDialog), {
  ssr: false,
});

/** Everything that was ever released, and by whom and why; each can be gone back to while its image is there. */
export const ReleasesPanel = ({ agent }: { agent: string }) => {
  const [kind, setKind] = useUrlState("kind", oneOfParam(releaseKinds));
  const releases = useInfiniteQuery(releasesOptions(agent, kind));
  const detail = useQuery(agentOptions(agent));
  const mayRollBack = useCan("agents.rollBack") && detail.data !== undefined && detail.data.busy === undefined;
  const mayRelease = useCan("agents.release");
  const [target, setTarget] = useState<{ release: Release; isOpen: boolean }>();
  if (releases.isError && !releases.data)
    return <QueryError error={releases.error} onRetry={() => void releases.refetch()} retrying={releases.isFetching} />;
  const items = releases.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted-foreground text-sm">Kept for ever, with who, when and why.</p>
        <NativeSelect
          aria-label="Kind"
          options={[
            { value: "", label: "All kinds" },
            ...releaseKinds.map((one) => ({ value: one, label: kindLabel(one) })),
          ]}
          value={kind ?? ""}
          onChange={(event) => setKind(releaseKinds.find((one) => one === event.target.value) ?? null)}
        />
      </div>
      {!items ? (
        <LoadingRegion label="Loading releases" className="grid gap-px">
          {["a", "b", "c", "d"].map((key) => (
            <Skeleton key={key} className="h-20 w-full" />
          ))}
        </LoadingRegion>
      ) : items.length === 0 ? (
        <NoReleases agent={agent} kind={kind} mayRelease={mayRelease} onAll={() => setKind(null)} />
      ) : (
        <>
          <ol aria-label="Releases" className="divide-y rounded-lg border bg-card">
            {items.map((release) => (
              <ReleaseRow
                key={release.id}
                agent={agent}
                release={release}
                isLive={release.id === detail.data?.liveReleaseId}
                onRollBack={
                  mayRollBack &&
                  replacesTasks(release.kind) &&
                  canRollBackToRelease(release.status) &&
                  release.id !== detail.data?.liveReleaseId
                    ? () => setTarget({ release, isOpen: true })
                    : undefined
                }
              />
            ))}
          </ol>
          {releases.hasNextPage ? (
            <Button className="mt-3" busy={releases.isFetchingNextPage} onClick={() => void releases.fetchNextPage()}>
              Show older
            </Button>
          ) : null}
        </>
      )}
      {target && detail.data ? (
        <RollBackDialog
          agent={detail.data}
          release={target.release}
          open={target.isOpen}
          onOpenChange={(isOpen) => setTarget({ ...target, isOpen })}
        />
      ) : null}
    </>
  );
};

const NoReleases = ({
  agent,
  kind,
  mayRelease,
  onAll,
}: {
  agent: string;
  kind: ReleaseKind | null;
  mayRelease: boolean;
  onAll: () => void;
}) =>
  kind ? (
    <EmptyState icon={History} title="None of this kind" actions={<Button onClick={onAll}>Show all kinds</Button>} />
  ) : (
    <EmptyState
      icon={Rocket}
      title="It was never released"
      actions={
        mayRelease ? (
          <Button asChild variant="primary">
            <Link href={newReleasePath(agent)}>Release it…</Link>
          </Button>
        ) : null
      }
    >
      Each release, roll back, restart and change of scale is kept here for good.
    </EmptyState>
  );

const ReleaseRow = ({
  agent,
  release,
  isLive,
  onRollBack,
}: {
  agent: string;
  release: Release;
  isLive: boolean;
  onRollBack: (() => void) | undefined;
}) => (
  <li
    data-release={release.n}
    className="grid gap-x-5 gap-y-1.5 px-4 py-3 text-sm transition-colors hover:bg-surface md:grid-cols-[minmax(0,13rem)_minmax(0,1fr)_auto]"
  >
    <div className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <Link href={releasePath(agent, release.id)} className="font-medium hover:underline">
          {releaseTitle(release)}
        </Link>
        <StateBadge state={stateOfRelease(release)} />
        {isLive && release.status !== "live" ? <Badge tone="success">Runs now</Badge> : null}
      </p>
      <ImageId repository={agent} image={release.image} className="mt-1" />
    </div>
    <div className="min-w-0">
      <p className="wrap-anywhere">{release.reason}</p>
      {release.verdict && !release.verdict.ok ? (
        <p className="wrap-anywhere mt-0.5 text-destructive text-xs">{release.verdict.sentence}</p>
      ) : (
        <p className="mt-0.5 text-muted-foreground text-xs">
          {release.changes.length === 0
            ? "same image and settings as before"
            : `changes ${release.changes
                .slice(0, 4)
                .map(({ path }) => path)
                .join(", ")}${release.changes.length > 4 ? ` and ${release.changes.length - 4} more` : ""}`}
        </p>
      )}
    </div>
    <div className="flex items-center justify-between gap-3 md:justify-end">
      <span className="text-muted-foreground text-xs">
        <RelativeTime at={release.createdAt} /> by {release.createdBy.name}
      </span>
      {onRollBack ? (
        <Button size="sm" onClick={onRollBack}>
          <Undo2 aria-hidden /> Roll back to it…
        </Button>
      ) : null}
    </div>
  </li>
);
