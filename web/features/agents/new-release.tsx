"use client";
import type { AgentDetail, Release, ReleaseConfig } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { Rocket, SearchCheck } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FieldGroup } from "../../lib/build-config/fields.tsx";
import { ImageDifference } from "../../lib/image-difference.tsx";
import { imageOptions } from "../../lib/images.ts";
import { useCan } from "../../lib/me.ts";
import { agentPath, releasePath } from "../../lib/paths.ts";
import { describeError, fieldErrorsOf } from "../../lib/problem.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { textParam, useUrlStates } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Field, Textarea } from "../../ui/input.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { ReleaseChanges } from "./change-list.tsx";
import { changesOfPlain } from "./changes.ts";
import { ImageChoice } from "./image-choice.tsx";
import { manifestOf, settingProblems, settingsFor } from "./manifest.ts";
import { useAgentVerb } from "./mutations.ts";
import { Part } from "./parts.tsx";
import { agentOptions, releaseOptions } from "./queries.ts";
import { RunFields } from "./run-fields.tsx";
import { SettingFields } from "./setting-fields.tsx";
import { releaseTitle } from "./words.ts";

const params = { from: textParam, digest: textParam };

/** Puts a release together: which image, which settings, why. Nothing runs until it is executed on its own page. */
export const NewRelease = ({ agent }: { agent: string }) => {
  const [{ from, digest }, setParams] = useUrlStates(params);
  const detail = useQuery(agentOptions(agent));
  const base = useQuery({ ...releaseOptions(agent, from ?? ""), enabled: from !== null });
  const mayRelease = useCan("agents.release");
  if (!mayRelease)
    return (
      <EmptyState icon={Rocket} title="Releases are made by operators and administrators">
        You may look at the releases there were and at how they differ.
      </EmptyState>
    );
  if (detail.isError && !detail.data)
    return <QueryError error={detail.error} onRetry={() => void detail.refetch()} retrying={detail.isFetching} />;
  if (!detail.data || (from !== null && base.isPending))
    return (
      <LoadingRegion label="Loading what runs" className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </LoadingRegion>
    );
  const start = base.data ?? detail.data.live;
  return (
    <ReleaseForm
      key={start?.id ?? "first"}
      agent={detail.data}
      start={start}
      digest={digest ?? start?.image.digest}
      onDigest={(next) => setParams({ digest: next })}
    />
  );
};

const firstConfig: ReleaseConfig = {
  settings: {},
  port: 8080,
  healthPath: "/health",
  cpu: 512,
  memory: 1024,
  minTasks: 1,
  maxTasks: 4,
  cpuTarget: 60,
};

/** A first release begins as the image's manifest says. */
const configOfManifest = (json: unknown): ReleaseConfig => {
  const manifest = manifestOf(json);
  if (!manifest) return firstConfig;
  return {
    settings: settingsFor(manifest, {}) as ReleaseConfig["settings"],
    port: manifest.port,
    healthPath: manifest.health.path,
    cpu: manifest.cpu,
    memory: manifest.memoryMb,
    minTasks: manifest.scaling.minTasks,
    maxTasks: manifest.scaling.maxTasks,
    cpuTarget: manifest.scaling.cpuTargetPercent,
  };
};

const ReleaseForm = ({
  agent,
  start,
  digest,
  onDigest,
}: {
  agent: AgentDetail;
  start: Release | undefined;
  digest: string | undefined;
  onDigest: (digest: string) => void;
}) => {
  const router = useRouter();
  const propose = useAgentVerb("agents.propose");
  const image = useQuery({ ...imageOptions(agent.name, digest ?? ""), enabled: digest !== undefined });
  const chosen = image.data?.digest === digest ? image.data : undefined;
  const [edited, setEdited] = useState<ReleaseConfig>();
  const [json, setJson] = useState<string>();
  const [reason, setReason] = useState("");
  const manifest = manifestOf(chosen?.manifest ?? agent.manifest);
  const config = edited ?? start?.config ?? configOfManifest(manifest);
  const isJsonValid = json === undefined || parseSettings(json) !== undefined;
  const problems = manifest ? settingProblems(manifest, config.settings) : {};
  const change = (part: Partial<ReleaseConfig>) => {
    setEdited({ ...config, ...part });
    propose.reset();
  };
  const live = agent.live;
  const changes = changesOfPlain(live && { "image.digest": live.image.digest, ...live.config }, {
    ...(digest ? { "image.digest": digest } : {}),
    ...config,
  });
  const problem = propose.error ? describeError(propose.error) : undefined;
  const fields = propose.error ? Object.entries(fieldErrorsOf(propose.error)) : [];
  const submit = () => {
    if (!digest) return;
    propose.mutate(
      { params: { agent: agent.name }, body: { digest, config, reason: reason.trim() } },
      { onSuccess: (release) => router.push(releasePath(agent.name, release.id)) },
    );
  };
  return (
    <>
      <PageHeader
        level={2}
        className="pb-4"
        breadcrumb={
          <Link href={agentPath(agent.name, "releases")} className="hover:text-foreground hover:underline">
            Releases
          </Link>
        }
        title="New release"
        description={
          start
            ? `It begins as ${releaseTitle(start).toLowerCase()}. Nothing runs differently until you have seen what changes and execute it.`
            : "The first of this agent. Nothing runs until you have seen what is made and execute it."
        }
      />
      {agent.pin || agent.busy ? (
        <p role="status" className="mb-4 rounded-md bg-warning-soft px-3 py-2 text-sm">
          {agent.busy
            ? `Release ${agent.busy.n} by ${agent.busy.by.name} is on its way; yours waits until it ends.`
            : "The agent is pinned: it must be unpinned before a release can go out."}
        </p>
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-6">
          <Part title="Image">
            <ImageChoice agent={agent.name} digest={digest} onChange={onDigest} />
          </Part>
          <section aria-label="Settings" className="grid gap-6">
            {manifest ? (
              Object.keys(manifest.settings).length > 0 ? (
                <FieldGroup title="Settings" hint={`As ${manifest.title} ${manifest.version} describes them.`}>
                  <SettingFields
                    manifest={manifest}
                    value={config.settings}
                    base={live?.config.settings}
                    problems={problems}
                    onChange={(settings) => change({ settings: settings as ReleaseConfig["settings"] })}
                  />
                </FieldGroup>
              ) : null
            ) : (
              <Field
                id="settings-json"
                label="Settings as JSON"
                hint="This image has no manifest that describes its settings."
                error={isJsonValid ? undefined : "This is not a JSON object yet."}
              >
                {(ids) => (
                  <Textarea
                    {...ids}
                    rows={6}
                    className="font-mono text-xs"
                    spellCheck={false}
                    value={json ?? JSON.stringify(config.settings, null, 2)}
                    onChange={(event) => {
                      setJson(event.target.value);
                      const settings = parseSettings(event.target.value);
                      if (settings) change({ settings });
                    }}
                  />
                )}
              </Field>
            )}
            <RunFields value={config} base={live?.config} onChange={change} />
          </section>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-4 lg:sticky lg:top-4 lg:self-start">
          <Part title="Against what runs now">
            <ReleaseChanges changes={changes} empty="Nothing differs: it would be a restart." />
            {live && digest && live.image.digest !== digest ? (
              <div className="mt-2">
                <ImageDifference repository={agent.name} from={live.image.digest} to={digest} />
              </div>
            ) : null}
          </Part>
          <ReasonField
            id="release-reason"
            label="Why release it?"
            hint="It stays in the history with your name."
            value={reason}
            onChange={setReason}
          />
          {problem ? (
            <div
              role="alert"
              className="wrap-anywhere rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm"
            >
              {fields.length > 0 ? (
                <ul className="grid gap-0.5">
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
          <Button
            variant="primary"
            busy={propose.isPending}
            disabled={!digest || !isReason(reason) || !isJsonValid || Object.keys(problems).length > 0}
            onClick={submit}
          >
            <SearchCheck aria-hidden /> Check it and show what changes
          </Button>
          <p className="text-muted-foreground text-xs">
            The gate, what the agent needs and the change set are looked at; you decide on the next page.
          </p>
        </div>
      </div>
    </>
  );
};

const parseSettings = (text: string): ReleaseConfig["settings"] | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as ReleaseConfig["settings"])
      : undefined;
  } catch {
    return undefined;
  }
};
