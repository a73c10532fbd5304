"use client";
import type { BuildConfig, BuildDetail } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { createIdempotencyKey } from "../../lib/api.ts";
import { QueryFields } from "../../lib/build-config/query-fields.tsx";
import { buildListOptions, buildTitle } from "../../lib/builds.ts";
import { CopyCall } from "../../lib/copy-call.tsx";
import { useCan } from "../../lib/me.ts";
import { buildPath, indexPath } from "../../lib/paths.ts";
import { describeError, fieldErrorsOf } from "../../lib/problem.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { textParam, useUrlState } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input, Label } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { ConfigJson, type JsonDraft } from "./config-json.tsx";
import { DataFields } from "./data-fields.tsx";
import { useCreateBuild } from "./mutations.ts";
import { OpenBuildFile } from "./open-build-file.tsx";
import { PlanCard } from "./plan-card.tsx";
import { buildPlanOptions, embeddersOptions } from "./queries.ts";

const planDelayMs = 350;

/** Puts a candidate together: a form and its JSON kept in step, what differs from the live build, and what it takes. */
export const NewBuild = ({ slug }: { slug: string }) => {
  const builds = useQuery(buildListOptions(slug));
  const [from, setFrom] = useUrlState("from", textParam);
  const mayWrite = useCan("builds.write");
  if (!mayWrite)
    return (
      <EmptyState icon={Rocket} title="Builds are started by operators and administrators">
        You may look at the builds there are and at how they differ.
      </EmptyState>
    );
  if (builds.isError && !builds.data)
    return <QueryError error={builds.error} onRetry={() => void builds.refetch()} retrying={builds.isFetching} />;
  if (!builds.data)
    return (
      <LoadingRegion label="Loading the live configuration" className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </LoadingRegion>
    );
  const live = builds.data.find((one) => one.status === "live");
  const start = builds.data.find((one) => one.id === from) ?? live;
  if (!start) return null;
  return (
    <BuildForm
      key={start.id}
      slug={slug}
      start={start}
      live={live}
      builds={builds.data}
      onStart={(id) => setFrom(id)}
    />
  );
};

const BuildForm = ({
  slug,
  start,
  live,
  builds,
  onStart,
}: {
  slug: string;
  start: BuildDetail;
  live: BuildDetail | undefined;
  builds: readonly BuildDetail[];
  onStart: (buildId: string | null) => void;
}) => {
  const router = useRouter();
  const embedders = useQuery(embeddersOptions());
  const create = useCreateBuild(slug);
  const [config, setConfig] = useState<BuildConfig>(start.config);
  const [draft, setDraft] = useState<JsonDraft>();
  const [note, setNote] = useState("");
  const [key, setKey] = useState(createIdempotencyKey);
  const settled = useDebounced(config, planDelayMs);
  const plan = useQuery(buildPlanOptions(slug, settled));
  const isInStep = settled === config && !plan.isPlaceholderData && !plan.isFetching;
  const change = (next: BuildConfig) => {
    setConfig(next);
    // Another content is another intent, so it must not meet the answer of the first one.
    setKey(createIdempotencyKey());
    create.reset();
  };
  const changePart = (part: Partial<BuildConfig>) => {
    setDraft(undefined);
    change({ ...config, ...part });
  };
  const hasProblems = (draft?.problems.length ?? 0) > 0;
  const refused = plan.error ?? create.error;
  const problem = refused ? describeError(refused) : undefined;
  const fields = refused ? Object.entries(fieldErrorsOf(refused)) : [];
  const submit = () =>
    create.mutate(
      { config, note: note.trim(), idempotencyKey: key },
      {
        onSuccess: (build) => {
          toast.success("The build is being filled");
          router.push(buildPath(slug, build.id));
        },
      },
    );
  return (
    <>
      <PageHeader
        level={2}
        className="pb-4"
        breadcrumb={
          <Link href={`${indexPath(slug)}/builds`} className="hover:text-foreground hover:underline">
            Builds
          </Link>
        }
        title="New build"
        description="It is filled beside the live build. Nobody's search changes until you promote it."
        actions={
          <div className="flex items-center gap-2 text-muted-foreground text-xs">
            <label htmlFor="start-from">Start from</label>
            <NativeSelect
              id="start-from"
              className="max-w-64"
              options={builds.map((one) => ({
                value: one.id,
                label: `${one.status === "live" ? "the live build: " : ""}${buildTitle(one)} (${one.id.slice(-6)})`,
              }))}
              value={start.id}
              onChange={(event) => onStart(event.target.value === live?.id ? null : event.target.value)}
            />
          </div>
        }
      />
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <section aria-label="Configuration" className="grid content-start gap-6">
          <OpenBuildFile
            slug={slug}
            onConfig={(next, from) => {
              setDraft(undefined);
              setNote(from);
              change(next);
            }}
          />
          <DataFields value={config} base={live?.config} embedders={embedders.data ?? []} onChange={changePart} />
          <QueryFields
            slug={slug}
            value={config}
            base={live?.config}
            hasVectors={config.embedder !== "none"}
            onChange={changePart}
          />
        </section>
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-6 lg:sticky lg:top-4 lg:self-start">
          <ConfigJson config={config} draft={draft} onDraft={setDraft} onConfig={change} />
          {plan.data ? (
            <PlanCard plan={plan.data} isStale={!isInStep || plan.isError} />
          ) : plan.isError ? null : (
            <LoadingRegion label="Working out the plan" className="grid gap-3">
              <Skeleton className="h-16 w-full" />
              <Skeleton className="h-24 w-full" />
            </LoadingRegion>
          )}
          {problem ? (
            <div role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {fields.length > 0 ? (
                <ul className="wrap-anywhere grid gap-0.5">
                  {fields.map(([field, message]) => (
                    <li key={field}>
                      <span className="font-mono text-xs">{field.replace(/^config\./, "")}</span>: {message}
                    </li>
                  ))}
                </ul>
              ) : (
                <p className="first-letter:uppercase">{problem.detail}</p>
              )}
              <p className="mt-1">{problem.nextStep}</p>
            </div>
          ) : null}
          <div className="grid gap-1.5 border-t pt-4">
            <Label htmlFor="build-note">What is it for?</Label>
            <div className="flex flex-wrap gap-2">
              <Input
                id="build-note"
                className="min-w-48 flex-1"
                placeholder="Shorter passages, for the price lists"
                value={note}
                maxLength={500}
                onChange={(event) => {
                  setNote(event.target.value);
                  setKey(createIdempotencyKey());
                }}
              />
              <Button
                variant="primary"
                onClick={submit}
                busy={create.isPending}
                disabled={hasProblems || plan.isError || !plan.data || !isInStep}
              >
                <Rocket aria-hidden /> Start the build
              </Button>
              <CopyCall call={{ id: "builds.create", params: { index: slug }, body: { config, note: note.trim() } }} />
            </div>
            {hasProblems ? (
              <p className="text-destructive text-xs">The JSON has mistakes; mend them, or change the form instead.</p>
            ) : null}
          </div>
        </div>
      </div>
    </>
  );
};
