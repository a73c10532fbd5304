"use client";
import type { BuildPlan } from "@samla/contracts";
import { buildStages, formatBytes } from "@samla/contracts/plain";
import { ArrowRight, TriangleAlert } from "lucide-react";
import { ChangeList } from "../../lib/build-config/change-list.tsx";
import { stageLabel } from "../../lib/build-config/labels.ts";
import { formatCount, formatSeconds } from "../../lib/format.ts";
import { cn } from "../../ui/cn.ts";

const money = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 2 });
const formatCost = (usd: number | null): string => {
  if (usd === null) return "not known";
  return usd < 0.01 ? "< $0.01" : `≤ ${money.format(usd)}`;
};
const dataStages = buildStages.filter((stage) => stage !== "query");

/** What a build would change, redo, take and cost, and what to mind. */
export const PlanCard = ({ plan, isStale }: { plan: BuildPlan; isStale: boolean }) => {
  const { estimate } = plan;
  const figures = [
    { label: "Documents", value: formatCount(estimate.documents) },
    { label: "Passages", value: `≈ ${formatCount(estimate.passages)}` },
    { label: "Time", value: estimate.seconds === null ? "not known yet" : `≈ ${formatSeconds(estimate.seconds)}` },
    { label: "Size", value: `≈ ${formatBytes(estimate.sizeBytes)}` },
    { label: "Cost", value: formatCost(estimate.usd) },
  ];
  return (
    <div className={cn("grid gap-5 transition-opacity", isStale && "opacity-60")}>
      <section aria-label="Changes against the live build">
        <h3 className="mb-1.5 font-medium text-sm">Changes against the live build</h3>
        <ChangeList changes={plan.changes} empty="Nothing yet: change a setting on the left, or in the JSON." />
      </section>
      <section aria-label="Plan" className="grid gap-3">
        <h3 className="font-medium text-sm">What it takes</h3>
        <Stages again={plan.stages} />
        <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:grid-cols-5">
          {figures.map(({ label, value }) => (
            <div key={label} className="-mt-px -ml-px border-t border-l px-3 py-2">
              <dt className="text-muted-foreground text-xs">{label}</dt>
              <dd className="font-medium text-sm tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <p className="text-muted-foreground text-xs">{estimate.basis}</p>
        {plan.warnings.map((warning) => (
          <p
            key={warning}
            role="status"
            className="flex items-start gap-2 rounded-md bg-warning-soft px-3 py-2 text-sm"
          >
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
            <span className="min-w-0 break-words">{warning}</span>
          </p>
        ))}
      </section>
    </div>
  );
};

/** The steps of making data: those that run again and those whose work is reused. */
const Stages = ({ again }: { again: readonly string[] }) => (
  <ol className="flex flex-wrap items-center gap-x-1 gap-y-1.5 text-xs">
    {dataStages.map((stage, at) => {
      const runs = again.includes(stage);
      return (
        <li key={stage} className="flex items-center gap-1">
          {at > 0 ? <ArrowRight className="size-3 text-muted-foreground" aria-hidden /> : null}
          <span
            className={cn(
              "rounded-md border px-2 py-1",
              runs ? "border-primary bg-primary-soft font-medium text-primary" : "text-muted-foreground",
            )}
          >
            {stageLabel(stage)}
            <span className="font-normal">: {runs ? "runs again" : "reused"}</span>
          </span>
        </li>
      );
    })}
  </ol>
);
