"use client";
import type { GateSettings, Waiver } from "@samla/contracts";
import { gateThresholds, imageLimits } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Plus, ShieldCheck } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { ChoiceField, NumberField } from "../../lib/build-config/fields.tsx";
import { useCan } from "../../lib/me.ts";
import { describeError } from "../../lib/problem.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { textParam, useUrlState } from "../../lib/url-state.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { findingPath } from "./finding-line.tsx";
import { useImageVerb } from "./mutations.ts";
import { Part } from "./parts.tsx";
import { gateOptions } from "./queries.ts";

const WaiveDialog = dynamic(() => import("./waiver-dialogs.tsx").then((module) => module.WaiveDialog), { ssr: false });
const EndWaiverDialog = dynamic(() => import("./waiver-dialogs.tsx").then((module) => module.EndWaiverDialog), {
  ssr: false,
});

/** What stops an image at its release, and who answers for what is let through until when. */
export const GatePage = ({ repository }: { repository: string }) => {
  const gate = useQuery(gateOptions(repository));
  const mayWaive = useCan("images.waive");
  const [waive, setWaive] = useUrlState("waive", textParam);
  const [ending, setEnding] = useState<Waiver>();
  if (gate.isError && !gate.data)
    return <QueryError error={gate.error} onRetry={() => void gate.refetch()} retrying={gate.isFetching} />;
  if (!gate.data) return <Skeleton className="h-60 w-full rounded-lg" />;
  const { data } = gate;
  return (
    <div className="grid gap-6">
      <Threshold key={data.revision} settings={data} />
      <Part
        title="Waivers"
        aside={
          mayWaive ? (
            <Button size="sm" onClick={() => setWaive("")}>
              <Plus aria-hidden /> Waive a finding…
            </Button>
          ) : null
        }
      >
        {data.waivers.length === 0 ? (
          <EmptyState icon={ShieldCheck} title="Nothing is waived" className="py-8">
            Where a finding does no harm, somebody may answer for it until a day. From that day on the gate stops at it
            again by itself.
          </EmptyState>
        ) : (
          <ul aria-label="Waivers" className="divide-y rounded-lg border bg-card">
            {data.waivers.map((waiver) => (
              <WaiverLine
                key={waiver.id}
                waiver={waiver}
                onEnd={mayWaive && waiver.state === "active" ? () => setEnding(waiver) : undefined}
              />
            ))}
          </ul>
        )}
      </Part>
      {mayWaive && waive !== null ? (
        <WaiveDialog repository={repository} findingId={waive} open onOpenChange={() => setWaive(null)} />
      ) : null}
      {ending ? (
        <EndWaiverDialog repository={repository} waiver={ending} open onOpenChange={() => setEnding(undefined)} />
      ) : null}
    </div>
  );
};

const waiverTones = { active: "warning", expired: "danger", ended: "neutral" } as const;

const soonMs = imageLimits.waiverSoonDays * 86_400_000;

const waiverWords = ({ state, until }: Waiver): string =>
  state === "expired"
    ? "Ran out: the finding stops at the gate again"
    : state === "ended"
      ? "Ended"
      : Date.parse(until) - Date.now() < soonMs
        ? "Active, ends soon"
        : "Active";

const WaiverLine = ({ waiver, onEnd }: { waiver: Waiver; onEnd: (() => void) | undefined }) => (
  <li className="grid gap-x-4 gap-y-1 px-4 py-2.5 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
    <div className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Badge tone={waiverTones[waiver.state]}>{waiverWords(waiver)}</Badge>
        <Link href={findingPath(waiver.findingId)} className="font-mono text-xs hover:underline">
          {waiver.findingId}
        </Link>
        {waiver.package ? <span className="text-muted-foreground text-xs">in {waiver.package} only</span> : null}
      </p>
      <p className="wrap-anywhere mt-0.5">{waiver.reason}</p>
      <p className="text-muted-foreground text-xs">
        {waiver.owner} {waiver.state === "active" ? "answers" : "answered"} for it until{" "}
        <RelativeTime at={waiver.until} />; waived by {waiver.by.name} <RelativeTime at={waiver.from} />
        {waiver.endReason ? `; ended by ${waiver.endedBy?.name ?? "somebody"}: ${waiver.endReason}` : ""}
      </p>
    </div>
    {onEnd ? (
      <Button size="sm" className="justify-self-start" onClick={onEnd}>
        End it…
      </Button>
    ) : null}
  </li>
);

const Threshold = ({ settings }: { settings: GateSettings }) => {
  const may = useCan("images.gate");
  const setGate = useImageVerb("images.setGate");
  const [threshold, setThreshold] = useState(settings.threshold);
  const [keepReleases, setKeep] = useState(settings.keepReleases);
  const [reason, setReason] = useState("");
  const isChanged = threshold !== settings.threshold || keepReleases !== settings.keepReleases;
  const problem = setGate.error ? describeError(setGate.error) : undefined;
  return (
    <Part title="Gate">
      <div className="grid gap-4 rounded-lg border bg-card p-4">
        <p className="text-muted-foreground text-sm">
          An image with a finding as severe as this, or worse, is not released unless the finding is waived. An image
          that was not scanned is never released.
        </p>
        <div className="grid max-w-xl gap-4 sm:grid-cols-2">
          <ChoiceField
            label="Stops at"
            value={threshold}
            options={gateThresholds.map((one) => ({ value: one, label: `${one} and worse` }))}
            isChanged={threshold !== settings.threshold}
            isDisabled={!may}
            onChange={setThreshold}
          />
          <NumberField
            label="Releases kept to roll back to"
            value={keepReleases}
            min={1}
            max={imageLimits.keepReleasesMax}
            isChanged={keepReleases !== settings.keepReleases}
            isDisabled={!may}
            onChange={setKeep}
          />
        </div>
        {isChanged ? (
          <div className="grid max-w-xl gap-3">
            <ReasonField id="gate-reason" label="Why change it?" value={reason} onChange={setReason} />
            {problem ? (
              <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
                {problem.detail} {problem.nextStep}
              </p>
            ) : null}
            <Button
              variant="primary"
              className="justify-self-start"
              busy={setGate.isPending}
              disabled={!isReason(reason)}
              onClick={() =>
                setGate.mutate(
                  {
                    params: { agent: settings.agent },
                    body: { threshold, keepReleases, reason: reason.trim(), revision: settings.revision },
                  },
                  { onSuccess: () => toast.success("The gate is changed") },
                )
              }
            >
              Change the gate
            </Button>
          </div>
        ) : null}
      </div>
    </Part>
  );
};
