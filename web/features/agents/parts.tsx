import type { AgentItem, Pin, ReleaseLine, Verdict } from "@samla/contracts";
import { causeLabels } from "@samla/contracts/plain";
import { CircleCheck, CircleX, Lock, Pause, Pin as PinIcon, Rocket } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { buildPath, indexPath, releasePath, taskPath } from "../../lib/paths.ts";
import { Badge } from "../../ui/badge.tsx";
import { cn } from "../../ui/cn.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { healthState, releaseTitle, type State, stateOfLine } from "./words.ts";

export const StateBadge = ({ state, title }: { state: State; title?: string }) => (
  <Badge tone={state.tone} title={title}>
    {state.label}
  </Badge>
);

export const HealthBadge = ({ agent }: { agent: Pick<AgentItem, "health" | "healthReason"> }) => (
  <StateBadge state={healthState(agent.health)} title={agent.healthReason} />
);

export const ProtectedMark = () => (
  <span title="Protected: acts ask for its name" className="inline-flex">
    <Lock className="size-3.5 text-muted-foreground" role="img" aria-label="Protected" />
  </span>
);

/** A part of a page with its name. */
export const Part = ({
  title,
  aside,
  className,
  children,
}: {
  title: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) => (
  <section aria-label={title} className={className}>
    <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
      <h3 className="font-medium text-sm">{title}</h3>
      {aside}
    </div>
    {children}
  </section>
);

/** A few figures beside each other. */
export const Figures = ({ items }: { items: readonly { label: string; value: ReactNode; hint?: string }[] }) => (
  <dl className="grid grid-cols-2 overflow-hidden rounded-lg border bg-card sm:flex sm:flex-wrap">
    {items.map(({ label, value, hint }) => (
      <div key={label} title={hint} className="-mt-px -ml-px min-w-28 flex-1 border-t border-l px-4 py-2.5">
        <dt className="text-muted-foreground text-xs">{label}</dt>
        <dd className="font-semibold text-lg tabular-nums">{value}</dd>
      </div>
    ))}
  </dl>
);

/** A release in a line: what it was, how it ended, when and by whom. */
export const ReleaseLineView = ({
  agent,
  line,
  className,
}: {
  agent: string;
  line: ReleaseLine;
  className?: string;
}) => (
  <div className={cn("min-w-0 text-xs", className)}>
    <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <Link href={releasePath(agent, line.id)} className="inline-flex min-h-6 items-center font-medium hover:underline">
        {releaseTitle(line)}
      </Link>
      <StateBadge state={stateOfLine(line)} />
      {line.cause && line.cause !== "none" ? <span className="text-destructive">{causeLabels[line.cause]}</span> : null}
    </p>
    {line.sentence ? (
      <p className="mt-0.5 line-clamp-2 text-pretty text-muted-foreground" title={line.sentence}>
        {line.sentence}
      </p>
    ) : null}
    <p className="mt-0.5 text-muted-foreground">
      <RelativeTime at={line.at} /> by {line.by}
    </p>
  </div>
);

/** The index an agent reads, and the build of it. */
export const IndexUse = ({ agent }: { agent: Pick<AgentItem, "index" | "buildId" | "embedder"> }) =>
  agent.index ? (
    <span className="min-w-0 text-xs">
      <Link href={indexPath(agent.index)} className="flex min-h-6 w-fit min-w-6 items-center hover:underline">
        {agent.index}
      </Link>
      {agent.buildId ? (
        <Link
          href={buildPath(agent.index, agent.buildId)}
          className="flex min-h-6 w-fit items-center font-mono text-muted-foreground hover:underline"
          title={agent.buildId}
        >
          build {agent.buildId.slice(-6)}
        </Link>
      ) : null}
    </span>
  ) : (
    <span className="text-muted-foreground text-xs">no index of its own</span>
  );

const verdictTones = {
  good: { box: "border-success bg-success-soft", text: "text-success", icon: CircleCheck },
  bad: { box: "border-destructive bg-destructive-soft", text: "text-destructive", icon: CircleX },
} as const;

/** One sentence, the proof, and what to do. Only a release that ended as it should is green. */
export const VerdictCard = ({
  agent,
  verdict,
  title,
  children,
}: {
  agent: string;
  verdict: Verdict;
  title: string;
  children?: ReactNode;
}) => {
  const { box, text, icon: Icon } = verdictTones[verdict.ok ? "good" : "bad"];
  return (
    <section aria-label="Verdict" className={cn("rounded-lg border p-4 text-sm", box)}>
      <p className={cn("flex flex-wrap items-center gap-x-2 gap-y-1 text-xs", text)}>
        <Icon className="size-4 shrink-0" aria-hidden />
        <span className="font-medium">{title}</span>
        {verdict.cause === "none" ? null : <Badge tone="danger">{causeLabels[verdict.cause]}</Badge>}
        <RelativeTime at={verdict.at} className="text-muted-foreground" />
      </p>
      <p className="wrap-anywhere mt-1.5 text-pretty font-semibold text-base">{verdict.sentence}</p>
      {verdict.nextStep ? <p className="wrap-anywhere mt-1 text-pretty">{verdict.nextStep}</p> : null}
      {verdict.evidence.length > 0 ? (
        <details className="mt-2.5" open={!verdict.ok}>
          <summary className="text-muted-foreground text-xs">Evidence ({verdict.evidence.length})</summary>
          <ul className="mt-1.5 grid gap-1.5 text-xs">
            {verdict.evidence.map((one) => (
              <li key={`${one.kind} ${one.at ?? ""} ${one.text}`} className="grid gap-x-2 sm:grid-cols-[5.5rem_1fr]">
                <span className="text-muted-foreground capitalize">{one.kind}</span>
                <span className="min-w-0">
                  <span className={cn("wrap-anywhere", one.kind === "log" && "font-mono")}>{one.text}</span>{" "}
                  {one.at ? <RelativeTime at={one.at} className="text-muted-foreground" /> : null}{" "}
                  {one.href ? (
                    <Link href={one.href} className="text-link underline underline-offset-2">
                      Show
                    </Link>
                  ) : one.taskId ? (
                    <Link href={taskPath(agent, one.taskId)} className="text-link underline underline-offset-2">
                      Task
                    </Link>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {children ? <div className="mt-3 flex flex-wrap gap-2">{children}</div> : null}
    </section>
  );
};

const bannerTones = { warning: "border-warning bg-warning-soft", info: "border-info bg-info-soft" } as const;

/** What everybody who looks at the agent must know: it is pinned, on its way, or paused. */
export const AgentBanner = ({
  label,
  tone,
  icon,
  actions,
  children,
}: {
  label: string;
  tone: keyof typeof bannerTones;
  icon: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) => (
  <section
    aria-label={label}
    className={cn(
      "mb-3 flex flex-wrap items-start gap-x-3 gap-y-1 rounded-lg border px-4 py-2.5 text-sm [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0",
      bannerTones[tone],
    )}
  >
    {icon}
    <p className="min-w-0 flex-1 basis-64 break-words">{children}</p>
    {actions}
  </section>
);

export const pinIcon = <PinIcon className="text-warning" aria-hidden />;
export const pauseIcon = <Pause className="text-warning" aria-hidden />;
export const busyIcon = <Rocket className="text-info" aria-hidden />;

/** Who pinned it and why, in words. */
export const PinText = ({ agent, pin }: { agent: string; pin: Pin }) => (
  <>
    {pin.by.name} went back to{" "}
    <Link href={releasePath(agent, pin.releaseId)} className="underline underline-offset-2">
      release {pin.n}
    </Link>{" "}
    <RelativeTime at={pin.at} />: {pin.reason}
  </>
);
