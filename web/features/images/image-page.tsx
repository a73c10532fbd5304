"use client";
import type { ImageDetail } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows, History, Rocket, ScanLine, ShieldCheck, ShieldX, Trash2, Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { ChainList } from "../../lib/chain-list.tsx";
import { CommitId } from "../../lib/image-id.tsx";
import { imageOptions } from "../../lib/images.ts";
import { useCan } from "../../lib/me.ts";
import { newReleasePath, releasePath, repositoryPath, taskPath } from "../../lib/paths.ts";
import { QueryError, toastError } from "../../lib/query-error.tsx";
import { oneOfParam, useUrlState } from "../../lib/url-state.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../../ui/tabs.tsx";
import { ImageFindingsList } from "./image-findings.tsx";
import { ImagePackages } from "./image-packages.tsx";
import { useImageVerb } from "./mutations.ts";
import { Part, Problems, protectionLabel, ScanResult } from "./parts.tsx";
import { QuarantineNote } from "./quarantine-note.tsx";
import { imageChainOptions } from "./queries.ts";
import { TouchedAnswers } from "./touched-answers.tsx";

const DeleteImageDialog = dynamic(() => import("./quarantine-dialogs.tsx").then((module) => module.DeleteImageDialog), {
  ssr: false,
});
const RestoreImageDialog = dynamic(
  () => import("./quarantine-dialogs.tsx").then((module) => module.RestoreImageDialog),
  { ssr: false },
);

const tabs = ["overview", "findings", "packages", "layers"] as const;

/** One image by its digest: whether it may go out, where it is used, what is in it and what hangs on it. */
export const ImagePage = ({ repository, digest }: { repository: string; digest: string }) => {
  const image = useQuery(imageOptions(repository, digest));
  const [tab, setTab] = useUrlState("tab", oneOfParam(tabs).withDefault("overview"));
  if (image.isError && !image.data)
    return (
      <QueryError
        error={image.error}
        onRetry={() => void image.refetch()}
        retrying={image.isFetching}
        actions={
          <Button asChild>
            <Link href={repositoryPath(repository)}>All images of {repository}</Link>
          </Button>
        }
      />
    );
  if (!image.data)
    return (
      <LoadingRegion label="Loading the image" className="grid gap-4">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="h-40 w-full rounded-lg" />
      </LoadingRegion>
    );
  const { data } = image;
  return (
    <>
      <PageHeader
        className="pb-4"
        breadcrumb={
          <Link href={repositoryPath(repository)} className="hover:text-foreground hover:underline">
            Images of {repository}
          </Link>
        }
        title={data.tags.length > 0 ? data.tags.join(", ") : data.quarantine?.tags.join(", ") || "Untagged image"}
        meta={
          <>
            <CopyableId id={data.digest} label="image digest" />
            {data.commit ? <CommitId commit={data.commit} /> : null}
            <ScanResult scan={data.scan} />
            <span className="text-muted-foreground">
              {formatBytes(data.sizeBytes)}, pushed <RelativeTime at={data.pushedAt} />
            </span>
          </>
        }
        actions={<ImageButtons image={data} />}
      />
      <Problems problems={data.problems} />
      {data.quarantine ? (
        <div role="status" className="mb-4 rounded-md border border-destructive bg-destructive-soft px-3 py-2 text-sm">
          <p className="font-medium text-destructive">It is deleted and can still be restored</p>
          <QuarantineNote quarantine={data.quarantine} />
        </div>
      ) : null}
      <Tabs value={tab} onValueChange={(next) => setTab(tabs.find((one) => one === next) ?? "overview")}>
        <TabsList aria-label="Parts of the image">
          <TabsTrigger value="overview">Overview</TabsTrigger>
          <TabsTrigger value="findings">Findings</TabsTrigger>
          <TabsTrigger value="packages">Packages</TabsTrigger>
          <TabsTrigger value="layers">Layers</TabsTrigger>
        </TabsList>
        <TabsContent value="overview">
          <Overview image={data} />
        </TabsContent>
        <TabsContent value="findings">
          <ImageFindingsList repository={repository} digest={digest} />
        </TabsContent>
        <TabsContent value="packages">
          <ImagePackages repository={repository} digest={digest} />
        </TabsContent>
        <TabsContent value="layers">
          <Layers image={data} />
        </TabsContent>
      </Tabs>
    </>
  );
};

const ImageButtons = ({ image }: { image: ImageDetail }) => {
  const mayScan = useCan("images.scan");
  const mayRelease = useCan("agents.release");
  const mayDelete = useCan("images.delete");
  const [isDeciding, setDeciding] = useState(false);
  const scan = useImageVerb("images.scan");
  return (
    <>
      <Button asChild>
        <Link href={`${repositoryPath(image.agent)}/compare?to=${image.digest}`}>
          <GitCompareArrows aria-hidden /> Compare
        </Link>
      </Button>
      {mayScan ? (
        <Button
          busy={scan.isPending || image.scan.state === "running"}
          onClick={() => scan.mutate({ params: { agent: image.agent, digest: image.digest } }, { onError: toastError })}
        >
          <ScanLine aria-hidden /> Scan again
        </Button>
      ) : null}
      <Button asChild>
        <Link href={`${repositoryPath(image.agent)}/history?digest=${image.digest}`}>
          <History aria-hidden /> History
        </Link>
      </Button>
      {mayDelete ? (
        <Button onClick={() => setDeciding(true)}>
          {image.quarantine ? <Undo2 aria-hidden /> : <Trash2 aria-hidden />}
          {image.quarantine ? "Restore…" : "Delete…"}
        </Button>
      ) : null}
      {isDeciding && image.quarantine ? (
        <RestoreImageDialog image={image} open onOpenChange={setDeciding} />
      ) : isDeciding ? (
        <DeleteImageDialog image={image} open onOpenChange={setDeciding} />
      ) : null}
      {mayRelease && !image.quarantine ? (
        <Button asChild variant="primary">
          <Link href={newReleasePath(image.agent, { digest: image.digest })}>
            <Rocket aria-hidden /> Release it…
          </Link>
        </Button>
      ) : null}
    </>
  );
};

const Overview = ({ image }: { image: ImageDetail }) => {
  const chain = useQuery(imageChainOptions(image.agent, image.digest));
  const { gate } = image;
  const Icon = gate.passed ? ShieldCheck : ShieldX;
  const facts = [
    { label: "Version", value: image.version },
    { label: "Source", value: image.source },
    { label: "Platform", value: image.platform },
    { label: "Runs as", value: image.user },
    { label: "Entrypoint", value: [...image.entrypoint, ...image.command].join(" ") },
    { label: "Address", value: `${image.uri}` },
    {
      label: "Kept because",
      value: image.quarantine
        ? "it is in quarantine: no rule takes it before its day"
        : image.protectedBy.map(protectionLabel).join(", ") || "nothing: rules may take it",
    },
  ];
  return (
    <div className="grid gap-6">
      <section
        aria-label="Gate"
        className={`rounded-lg border p-4 text-sm ${gate.passed ? "bg-card" : "border-destructive bg-destructive-soft"}`}
      >
        <p className={`flex items-center gap-2 font-semibold ${gate.passed ? "text-success" : "text-destructive"}`}>
          <Icon className="size-4" aria-hidden />
          {gate.passed ? "The gate lets it pass" : "The gate stops it"}
        </p>
        <ul className="mt-1 list-disc pl-6">
          {gate.obstacles.map((obstacle) => (
            <li key={obstacle} className="wrap-anywhere">
              {obstacle}
            </li>
          ))}
        </ul>
        <p className="mt-1 text-muted-foreground text-xs">
          {gate.nextStep ?? `It stops at ${gate.threshold} findings and worse.`}{" "}
          <Link href={`${repositoryPath(image.agent)}/gate`} className="text-link underline underline-offset-2">
            Gate and waivers
          </Link>
        </p>
      </section>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Part title="Used by">
          <Uses image={image} />
        </Part>
        <Part title="What it is">
          <dl className="grid gap-1 rounded-lg border bg-card px-4 py-3 text-xs">
            {facts.map(({ label, value }) =>
              value ? (
                <div key={label} className="flex gap-3">
                  <dt className="w-24 shrink-0 text-muted-foreground">{label}</dt>
                  <dd className="wrap-anywhere min-w-0">{value}</dd>
                </div>
              ) : null,
            )}
            {image.commit ? (
              <div className="flex gap-3">
                <dt className="w-24 shrink-0 text-muted-foreground">Commit</dt>
                <dd className="min-w-0">
                  <Link
                    href={`${repositoryPath(image.agent)}?${new URLSearchParams({ q: image.commit })}`}
                    className="wrap-anywhere font-mono text-link hover:underline"
                  >
                    {image.commit}
                  </Link>
                </dd>
              </div>
            ) : null}
            <div className="flex gap-3">
              <dt className="w-24 shrink-0 text-muted-foreground">Pulled</dt>
              <dd>{image.pulledAt ? <RelativeTime at={image.pulledAt} /> : "never"}</dd>
            </div>
            {image.builtAt ? (
              <div className="flex gap-3">
                <dt className="w-24 shrink-0 text-muted-foreground">Built</dt>
                <dd>
                  <RelativeTime at={image.builtAt} />
                </dd>
              </div>
            ) : null}
          </dl>
        </Part>
      </div>
      <Part title="Answers it gave">
        <TouchedAnswers digest={image.digest} />
      </Part>
      {chain.data && chain.data.nodes.length > 0 ? (
        <Part title="What hangs together with it">
          <ChainList chain={chain.data} />
        </Part>
      ) : null}
    </div>
  );
};

const Uses = ({ image }: { image: ImageDetail }) => (
  <ul className="divide-y rounded-lg border bg-card text-sm">
    {image.runs.map((run) => (
      <li key={run.taskId} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
        <Badge tone="success">runs</Badge>
        <Link href={taskPath(run.agent, run.taskId)} className="font-mono text-xs hover:underline">
          task {run.taskId.slice(0, 12)}
        </Link>
      </li>
    ))}
    {image.releases.map((release) => (
      <li key={release.releaseId} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
        <Badge>{release.canRollBack ? "can be rolled back to" : release.status}</Badge>
        <Link href={releasePath(release.agent, release.releaseId)} className="hover:underline">
          release {release.n}
        </Link>
        <RelativeTime at={release.at} className="ml-auto text-muted-foreground text-xs" />
      </li>
    ))}
    {image.runs.length + image.releases.length === 0 ? (
      <li className="px-4 py-2 text-muted-foreground text-xs">It never ran and no release names it.</li>
    ) : null}
  </ul>
);

const Layers = ({ image }: { image: ImageDetail }) => (
  <ol aria-label="Layers" className="divide-y rounded-lg border bg-card text-sm">
    {image.layers.map((layer, n) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a layer may come twice, and layers never move
      <li key={`${layer.digest} ${n}`} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
        <span className="w-6 text-muted-foreground text-xs tabular-nums">{n + 1}</span>
        <CopyableId id={layer.digest} label="layer digest" className="-ml-1" />
        <span className="text-muted-foreground text-xs">{layer.mediaType.split(".").slice(-1)[0]}</span>
        <span className="ml-auto text-xs tabular-nums">{formatBytes(layer.sizeBytes)}</span>
      </li>
    ))}
  </ol>
);
