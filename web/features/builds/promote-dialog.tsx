"use client";
import type { Build, PromotionPlan } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck, ShieldX } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { createIdempotencyKey } from "../../lib/api.ts";
import { ChangeList } from "../../lib/build-config/change-list.tsx";
import { buildTitle } from "../../lib/builds.ts";
import { FiguresTable } from "../../lib/figures-table.tsx";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { indexPath } from "../../lib/paths.ts";
import { describeError } from "../../lib/problem.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Label } from "../../ui/input.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { AgentsPart, agentUsesOptions } from "./agents-part.tsx";
import { usePromoteBuild } from "./mutations.ts";
import { ProtectedName, useProtectedName } from "./protected-name.tsx";
import { promotionOptions } from "./queries.ts";

/** Makes a build live: what changes for people, what the gate says, and why it is done. */
export const PromoteDialog = ({
  build,
  open,
  onOpenChange,
}: {
  build: Build;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => {
  const plan = useQuery({ ...promotionOptions(build.index, build.id), enabled: open });
  const promote = usePromoteBuild(build.index);
  const mayOverride = useCan("builds.override");
  const [reason, setReason] = useState("");
  const [isOverriding, setOverriding] = useState(false);
  const [overrideReason, setOverrideReason] = useState("");
  const [key, setKey] = useState(createIdempotencyKey);
  // What was looked at first: somebody else may promote another build while this is open.
  const [seenLiveBuildId, setSeenLiveBuildId] = useState<string>();
  if (plan.data && seenLiveBuildId === undefined) setSeenLiveBuildId(plan.data.liveBuildId);
  const isOvertaken =
    plan.data !== undefined && seenLiveBuildId !== undefined && plan.data.liveBuildId !== seenLiveBuildId;
  const isOverridable = plan.data?.obstacles.every((one) => one.overridable) ?? false;
  const named = useProtectedName(build, open);
  const maySeeAgents = useCan("agents.read");
  const agents = useQuery({ ...agentUsesOptions(build), enabled: open && maySeeAgents });
  const [isTaken, setTaken] = useState(false);
  const breaksAgents = agents.data?.some((use) => use.broken !== undefined) ?? false;
  const areAgentsSettled = !maySeeAgents || agents.isError || (agents.data !== undefined && (!breaksAgents || isTaken));
  const mayGo = plan.data?.allowed || (isOverriding && isOverridable && isReason(overrideReason));
  const problem = promote.error ? describeError(promote.error) : undefined;
  const submit = () => {
    if (!plan.data) return;
    promote.mutate(
      {
        buildId: build.id,
        body: {
          expectedLiveBuildId: plan.data.liveBuildId,
          reason: reason.trim(),
          ...named.confirmation,
          ...(plan.data.allowed ? {} : { override: { reason: overrideReason.trim() } }),
        },
        idempotencyKey: key,
      },
      {
        onSuccess: () => {
          toast.success(`“${buildTitle(build)}” is live`);
          onOpenChange(false);
        },
        // What was looked at is no longer so: the plan is asked for again, and the next try is another intent.
        onError: () => {
          setKey(createIdempotencyKey());
          void plan.refetch();
        },
      },
    );
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        className="max-w-3xl"
        title={`Promote “${buildTitle(build)}”`}
        description="From that moment every search uses it. The build before is kept up to date, and you can go back to it in one step."
      >
        <DialogBody className="grid gap-5">
          {plan.isError && !plan.data ? (
            <QueryError error={plan.error} onRetry={() => void plan.refetch()} retrying={plan.isFetching} />
          ) : plan.data ? (
            <>
              {isOvertaken ? (
                <p role="status" className="rounded-md bg-warning-soft px-3 py-2 text-sm">
                  Another build became live while this was open. What you see is against that one now.
                </p>
              ) : null}
              <Gate plan={plan.data} slug={build.index} />
              <section aria-label="Configuration">
                <h3 className="mb-1.5 font-medium text-sm">Configuration</h3>
                <ChangeList changes={plan.data.changes} />
              </section>
              <Documents plan={plan.data} slug={build.index} />
              <Metrics plan={plan.data} slug={build.index} />
              {maySeeAgents ? (
                <AgentsPart uses={agents.data} error={agents.error} isTaken={isTaken} onTaken={setTaken} />
              ) : null}
              <ReasonField
                id="promote-reason"
                label="Why promote it?"
                hint="Kept in the history with your name."
                value={reason}
                onChange={setReason}
              />
              {named.isProtected ? (
                <ProtectedName slug={build.index} typed={named.typed} onTyped={named.setTyped} />
              ) : null}
              {!plan.data.allowed && mayOverride && isOverridable ? (
                <section aria-label="Override" className="grid gap-3 rounded-lg border border-warning p-3">
                  <div className="flex items-center gap-2">
                    <Checkbox
                      id="promote-override"
                      checked={isOverriding}
                      onCheckedChange={(checked) => setOverriding(checked === true)}
                    />
                    <Label htmlFor="promote-override">Promote it in spite of the gate</Label>
                  </div>
                  {isOverriding ? (
                    <ReasonField
                      id="override-reason"
                      label="Why may the gate be passed?"
                      hint="Named in the history together with each obstacle."
                      value={overrideReason}
                      onChange={setOverrideReason}
                    />
                  ) : null}
                </section>
              ) : null}
            </>
          ) : (
            <LoadingRegion label="Loading what would change" className="grid gap-4">
              <Skeleton className="h-16 w-full" />
              <Skeleton className="h-24 w-full" />
              <Skeleton className="h-40 w-full" />
            </LoadingRegion>
          )}
          {problem ? (
            <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Keep the live build</Button>
          <Button
            variant={plan.data && !plan.data.allowed ? "destructive" : "primary"}
            onClick={submit}
            busy={promote.isPending}
            disabled={!mayGo || !areAgentsSettled || !named.isSettled || !isReason(reason)}
          >
            {plan.data && !plan.data.allowed ? "Override and promote" : "Promote"}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};

/** What the gate says, each obstacle with the next step. */
const Gate = ({ plan, slug }: { plan: PromotionPlan; slug: string }) => {
  if (plan.allowed)
    return (
      <p className="flex items-center gap-2 rounded-lg bg-success-soft px-3 py-2.5 text-sm text-success" role="status">
        <ShieldCheck className="size-4 shrink-0" aria-hidden /> The gate lets it through.
      </p>
    );
  return (
    <section aria-label="Gate" className="rounded-lg border border-destructive bg-destructive-soft p-3 text-sm">
      <h3 className="flex items-center gap-2 font-medium text-destructive">
        <ShieldX className="size-4 shrink-0" aria-hidden /> The gate blocks it
      </h3>
      <ul className="mt-2 grid gap-2">
        {plan.obstacles.map((obstacle) => (
          <li key={`${obstacle.rule} ${obstacle.message}`} className="flex gap-2">
            <ShieldAlert className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden />
            <div className="min-w-0">
              <p className="break-words">{obstacle.message}</p>
              <p className="break-words text-muted-foreground text-xs">
                {obstacle.nextStep}
                {obstacle.rule === "evaluation" ? (
                  <>
                    {" "}
                    <Link
                      href={`${indexPath(slug)}/evaluations?build=${plan.buildId}`}
                      className="text-link underline underline-offset-2"
                    >
                      Evaluate it
                    </Link>
                  </>
                ) : null}
                {obstacle.overridable ? "" : " This cannot be overridden."}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Documents = ({ plan, slug }: { plan: PromotionPlan; slug: string }) => (
  <section aria-label="Documents">
    <h3 className="mb-1.5 font-medium text-sm">Documents</h3>
    <p className="text-sm tabular-nums">
      {formatCount(plan.documents.live)} now, {formatCount(plan.documents.candidate)} then
      {plan.documents.failed > 0 ? (
        <span className="text-destructive">
          , {formatPlural(plan.documents.failed, "document")} failed and would not be found
        </span>
      ) : (
        ", none failed"
      )}
      .
    </p>
    {plan.documents.unread > 0 ? (
      <p className="text-muted-foreground text-xs">
        {formatPlural(plan.documents.unread, "document")} of the index could not be read and{" "}
        {plan.documents.unread === 1 ? "is" : "are"} in no build:{" "}
        <Link href={`/documents?index=${slug}&status=failed`} className="text-link underline underline-offset-2">
          see why
        </Link>
        .
      </p>
    ) : null}
  </section>
);

const Metrics = ({ plan, slug }: { plan: PromotionPlan; slug: string }) => (
  <section aria-label="Metrics">
    <h3 className="mb-1.5 flex flex-wrap items-baseline justify-between gap-2 font-medium text-sm">
      Figures
      {plan.metrics ? (
        <Link
          href={`${indexPath(slug)}/evaluations/compare?before=${plan.metrics.liveEvaluationId}&after=${plan.metrics.candidateEvaluationId}`}
          className="font-normal text-link text-xs hover:underline"
        >
          {formatPlural(plan.metrics.questions, "question")}, one by one
        </Link>
      ) : null}
    </h3>
    {plan.metrics ? (
      <FiguresTable
        before={plan.metrics.live}
        after={plan.metrics.candidate}
        beforeLabel="Live"
        afterLabel="This build"
      />
    ) : (
      <p className="text-muted-foreground text-sm">
        There are no evaluations of both builds on the same questions yet, so nothing can be said about quality.
      </p>
    )}
  </section>
);
