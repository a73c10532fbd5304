"use client";
import type { ReleaseDetail } from "@samla/contracts";
import { isReleaseOver, replacesTasks } from "@samla/contracts/plain";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { AnswersLink } from "../../lib/answers-link.tsx";
import { ChainList } from "../../lib/chain-list.tsx";
import { ImageId } from "../../lib/image-id.tsx";
import { useCan } from "../../lib/me.ts";
import { agentPath, releasePath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { textParam, useUrlState } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { ReleaseChanges } from "./change-list.tsx";
import { ChangeSetCard } from "./change-set-card.tsx";
import { ContractCard } from "./contract-card.tsx";
import { GateCard } from "./gate-card.tsx";
import { Part, StateBadge, VerdictCard } from "./parts.tsx";
import { agentOptions, chainOptions, differencesOptions, releaseOptions, releasesOptions } from "./queries.ts";
import { ReleaseButtons } from "./release-buttons.tsx";
import { ReleaseProgressView } from "./release-progress.tsx";
import { kindLabel, releaseTitle, stateOfRelease } from "./words.ts";

/** One release from its proposal to its verdict: what was checked, what changes, how it goes, how it ended. */
export const ReleasePage = ({ agent, releaseId }: { agent: string; releaseId: string }) => {
  const release = useQuery(releaseOptions(agent, releaseId));
  const detail = useQuery(agentOptions(agent));
  if (release.isError && !release.data)
    return (
      <QueryError
        error={release.error}
        onRetry={() => void release.refetch()}
        retrying={release.isFetching}
        actions={
          <Button asChild>
            <Link href={agentPath(agent, "releases")}>All releases</Link>
          </Button>
        }
      />
    );
  if (!release.data)
    return (
      <LoadingRegion label="Loading the release" className="grid gap-4">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="h-40 w-full rounded-lg" />
      </LoadingRegion>
    );
  const { data } = release;
  const isOpen = data.status === "proposed";
  return (
    <>
      <PageHeader
        className="pb-4"
        level={2}
        breadcrumb={
          <Link href={agentPath(agent, "releases")} className="hover:text-foreground hover:underline">
            Releases
          </Link>
        }
        title={releaseTitle(data)}
        description={data.reason}
        meta={
          <>
            <StateBadge state={stateOfRelease(data)} />
            <ImageId repository={agent} image={data.image} />
            <CopyableId id={data.id} label="release id" />
            <span className="text-muted-foreground">
              {isOpen || !data.executedAt ? "Proposed" : "Executed"} by {(data.executedBy ?? data.createdBy).name}{" "}
              <RelativeTime at={data.executedAt ?? data.createdAt} />
            </span>
            {isOpen ? null : <AnswersLink of={{ release: data.id }} />}
            {data.ofId ? (
              <Link href={releasePath(agent, data.ofId)} className="text-link hover:underline">
                of an earlier release
              </Link>
            ) : null}
          </>
        }
        actions={detail.data ? <ReleaseButtons agent={detail.data} release={data} /> : null}
      />
      <div className="grid gap-6">
        {data.verdict ? (
          <VerdictCard
            agent={agent}
            verdict={data.verdict}
            title={`${kindLabel(data.kind)}, ${stateOfRelease(data).label.toLowerCase()}`}
          >
            {data.verdict.ok ? null : (
              <Button asChild size="sm">
                <Link href={`${agentPath(agent, "tasks")}?state=stopped&release=${data.id}`}>Its stopped tasks</Link>
              </Button>
            )}
          </VerdictCard>
        ) : null}
        {data.stopReason ? (
          <p className="text-sm">
            Stopped by {data.stoppedBy?.name ?? "somebody"}: {data.stopReason}
          </p>
        ) : null}
        {data.progress ? (
          <Part title={data.status === "rolling" ? "How it goes" : "How it went"}>
            <ReleaseProgressView progress={data.progress} isRolling={data.status === "rolling"} />
          </Part>
        ) : data.status === "rolling" ? (
          <Skeleton className="h-40 w-full rounded-lg" />
        ) : null}
        {isOpen ? <Checks agent={agent} release={data} /> : null}
        <Differences agent={agent} release={data} />
        {!isOpen && (data.gate || data.contract || data.changeSet) ? (
          <details>
            <summary className="mb-2 font-medium text-sm">What was checked before</summary>
            <Checks agent={agent} release={data} />
          </details>
        ) : null}
        {isReleaseOver(data.status) && replacesTasks(data.kind) ? (
          <ReleaseChain agent={agent} releaseId={data.id} />
        ) : null}
      </div>
    </>
  );
};

/** Gate, contract and change set, in the order in which they are asked. */
const Checks = ({ agent, release }: { agent: string; release: ReleaseDetail }) => (
  <div className="grid gap-4">
    {release.gate ? (
      <Part title="1. Scan and gate">
        <GateCard agent={agent} gate={release.gate} />
      </Part>
    ) : null}
    {release.contract ? (
      <Part title="2. What it needs">
        <ContractCard contract={release.contract} />
      </Part>
    ) : null}
    {release.changeSet ? (
      <Part title="3. What will change">
        <ChangeSetCard changeSet={release.changeSet} />
      </Part>
    ) : null}
  </div>
);

/** The image and settings against those before, or against any other release's. */
const Differences = ({ agent, release }: { agent: string; release: ReleaseDetail }) => {
  const [against, setAgainst] = useUrlState("against", textParam);
  const releases = useInfiniteQuery(releasesOptions(agent, null));
  const others = (releases.data?.pages.flatMap((page) => page.items) ?? []).filter((one) => one.id !== release.id);
  const from = against ?? release.baseId;
  const isBase = from === undefined || from === release.baseId;
  const differences = useQuery({ ...differencesOptions(agent, from ?? "", release.id), enabled: !isBase });
  return (
    <Part
      title="What differs"
      aside={
        others.length > 0 ? (
          <div className="flex items-center gap-2 text-muted-foreground text-xs">
            <NativeSelect
              aria-label="Against"
              className="max-w-64"
              options={[
                ...(release.baseId ? [] : [{ value: "", label: "its own beginnings" }]),
                ...others.map((one) => ({
                  value: one.id,
                  label: `against ${releaseTitle(one).toLowerCase()}${one.id === release.baseId ? ", which it replaces" : ""}`,
                })),
              ]}
              value={from ?? ""}
              onChange={(event) => setAgainst(event.target.value || null)}
            />
            {from ? (
              <Link href={releasePath(agent, from)} className="text-link hover:underline">
                Open
              </Link>
            ) : null}
          </div>
        ) : null
      }
    >
      {isBase ? (
        <ReleaseChanges
          changes={release.changes}
          empty={release.baseId ? undefined : "It is the first release; there is nothing before it."}
        />
      ) : differences.data ? (
        <ReleaseChanges changes={differences.data.changes} />
      ) : differences.isError ? (
        <QueryError
          error={differences.error}
          onRetry={() => void differences.refetch()}
          retrying={differences.isFetching}
          className="py-4"
        />
      ) : (
        <Skeleton className="h-20 w-full" />
      )}
    </Part>
  );
};

const ReleaseChain = ({ agent, releaseId }: { agent: string; releaseId: string }) => {
  const mayRead = useCan("agents.read");
  const chain = useQuery({ ...chainOptions(agent, { releaseId }), enabled: mayRead });
  return chain.data && chain.data.nodes.length > 0 ? (
    <Part title="What it hangs together with">
      <ChainList chain={chain.data} />
    </Part>
  ) : null;
};
