"use client";
import type { LifecycleRule, LifecycleSimulation, LifecycleView } from "@samla/contracts";
import { formatBytes, imageLimits, isSameValue } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Plus, ShieldCheck, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { shortDigest } from "../../lib/image-id.tsx";
import { useCan } from "../../lib/me.ts";
import { imagePath } from "../../lib/paths.ts";
import { describeError } from "../../lib/problem.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { useDebounced } from "../../lib/use-debounced.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { RuleFields } from "./lifecycle-rule.tsx";
import { useImageVerb } from "./mutations.ts";
import { Part, Problems, protectionLabel } from "./parts.tsx";
import { lifecycleOptions, simulationOptions } from "./queries.ts";

const freshRule: LifecycleRule = {
  description: "",
  tagStatus: "untagged",
  tagPatterns: [],
  countType: "sinceImagePushed",
  countNumber: 7,
};
const settleMs = 350;

/** The rules by which old images go, and what they would take now, image by image. */
export const LifecyclePage = ({ repository }: { repository: string }) => {
  const view = useQuery(lifecycleOptions(repository));
  if (view.isError && !view.data)
    return <QueryError error={view.error} onRetry={() => void view.refetch()} retrying={view.isFetching} />;
  if (!view.data) return <Skeleton className="h-60 w-full rounded-lg" />;
  return <Rules key={view.data.policyText ?? ""} repository={repository} view={view.data} />;
};

const Rules = ({ repository, view }: { repository: string; view: LifecycleView }) => {
  const may = useCan("images.lifecycle");
  const [rules, setRules] = useState<readonly LifecycleRule[]>(view.rules);
  const [reason, setReason] = useState("");
  const settled = useDebounced(rules, settleMs);
  const isChanged = !isSameValue(rules, view.rules);
  const simulated = useQuery({ ...simulationOptions(repository, settled), enabled: isChanged });
  const setLifecycle = useImageVerb("images.setLifecycle");
  const isInStep = settled === rules && !simulated.isFetching && !simulated.isPlaceholderData;
  const simulation = isChanged ? simulated.data : view.simulation;
  const problem = setLifecycle.error
    ? describeError(setLifecycle.error)
    : isChanged && simulated.error
      ? describeError(simulated.error)
      : undefined;
  const change = (n: number, rule: LifecycleRule | undefined) =>
    setRules(rules.flatMap((one, at) => (at === n ? (rule ? [rule] : []) : [one])));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 lg:grid-cols-2">
      <Part
        title="Rules, the first that fits decides"
        aside={
          may && rules.length < imageLimits.lifecycleRulesMax ? (
            <Button size="sm" onClick={() => setRules([freshRule, ...rules])}>
              <Plus aria-hidden /> Add a rule
            </Button>
          ) : null
        }
      >
        <p className="mb-3 flex items-start gap-2 text-muted-foreground text-xs">
          {view.keepsProtected ? (
            <>
              <ShieldCheck className="mt-0.5 size-3.5 shrink-0 text-success" aria-hidden /> Images that run, are pinned,
              or can be rolled back to stay, whatever a rule says.
            </>
          ) : (
            <>
              <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-warning" aria-hidden /> ECR does not hold the rule
              yet that keeps what runs and what can be rolled back to; it comes with the next change of rules.
            </>
          )}
        </p>
        <ol className="grid gap-3">
          {rules.map((rule, n) => (
            <RuleFields
              // biome-ignore lint/suspicious/noArrayIndexKey: rules have no other identity than their place
              key={n}
              n={n + 1}
              rule={rule}
              isDisabled={!may}
              onChange={(next) => change(n, next)}
              onRemove={() => change(n, undefined)}
            />
          ))}
          {rules.length === 0 ? (
            <li className="rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
              There are no rules: images stay for ever.
            </li>
          ) : null}
        </ol>
        {problem ? (
          <p
            role="alert"
            className="wrap-anywhere mt-3 rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm"
          >
            {problem.detail} {problem.nextStep}
          </p>
        ) : null}
        {isChanged && may ? (
          <div className="mt-4 grid gap-3 border-t pt-4">
            <ReasonField id="lifecycle-reason" label="Why change the rules?" value={reason} onChange={setReason} />
            <div className="flex gap-2">
              <Button
                variant="primary"
                busy={setLifecycle.isPending}
                disabled={!isReason(reason) || !isInStep || simulated.isError}
                onClick={() =>
                  setLifecycle.mutate(
                    {
                      params: { agent: repository },
                      body: { rules: [...rules], reason: reason.trim(), policyText: view.policyText ?? "" },
                    },
                    { onSuccess: () => toast.success("The rules are changed") },
                  )
                }
              >
                Change the rules
              </Button>
              <Button onClick={() => setRules(view.rules)}>Undo</Button>
            </div>
          </div>
        ) : null}
      </Part>
      <Part title={isChanged ? "What the changed rules would take" : "What the rules take next"}>
        {simulation ? (
          <div className={isChanged && !isInStep ? "opacity-60" : undefined}>
            <Simulation repository={repository} simulation={simulation} />
          </div>
        ) : simulated.isError ? null : (
          <Skeleton className="h-40 w-full rounded-lg" />
        )}
      </Part>
    </div>
  );
};

const nameOf = ({ tags, digest }: { tags: readonly string[]; digest: string }): string =>
  tags.length > 0 ? tags.join(", ") : shortDigest(digest);

const Simulation = ({ repository, simulation }: { repository: string; simulation: LifecycleSimulation }) => (
  <>
    <Problems problems={simulation.problems} />
    <p className="mb-2 text-sm">
      <strong className="font-medium">{formatPlural(simulation.expires.length, "image")}</strong> of {simulation.images}{" "}
      would go, {formatBytes(simulation.freedBytes)} of {formatBytes(simulation.sizeBytes)} would be free.
    </p>
    {simulation.expires.length > 0 ? (
      <ul aria-label="Images that would go" className="divide-y rounded-lg border border-destructive bg-card text-xs">
        {simulation.expires.map((image) => (
          <li key={image.digest} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2">
            <Badge tone="danger">goes</Badge>
            <Link href={imagePath(repository, image.digest)} className="font-medium hover:underline">
              {nameOf(image)}
            </Link>
            <span className="text-muted-foreground">rule {image.rule}</span>
            <span className="ml-auto text-muted-foreground tabular-nums">
              {formatBytes(image.sizeBytes)}, <RelativeTime at={image.pushedAt} />
            </span>
          </li>
        ))}
      </ul>
    ) : null}
    {simulation.spared.length > 0 ? (
      <>
        <p className="mt-4 mb-2 text-sm">
          {formatPlural(simulation.spared.length, "image")} would go by a rule and{" "}
          {simulation.spared.length === 1 ? "stays" : "stay"} all the same:
        </p>
        <ul aria-label="Images that stay" className="divide-y rounded-lg border bg-card text-xs">
          {simulation.spared.map((image) => (
            <li key={image.digest} className="px-3 py-2">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
                <Badge tone="success">stays</Badge>
                <Link href={imagePath(repository, image.digest)} className="font-medium hover:underline">
                  {nameOf(image)}
                </Link>
                <span className="text-muted-foreground">{image.by.map(protectionLabel).join(", ")}</span>
              </p>
              <p className="wrap-anywhere mt-0.5 text-muted-foreground">{image.because}</p>
            </li>
          ))}
        </ul>
      </>
    ) : null}
  </>
);
