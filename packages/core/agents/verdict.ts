import type { Evidence, Release, ReleaseStatus, Verdict, VerdictCause } from "@samla/contracts";
import type { ServiceDeploymentState, StackEvent } from "../kernel/index.ts";
import { judgeTask, nextStepOf, type TaskFacts, type TaskJudgement } from "./verdict-task.ts";

/** All that a verdict rests on; gathered elsewhere, so that this can be tested with nothing but values. */
export type ReleaseFacts = {
  release: Pick<Release, "n" | "kind" | "config" | "agent" | "stoppedBy" | "stopReason">;
  /** Number of the release that served before; undefined for the first. */
  before: number | undefined;
  stack: { status: string; reason?: string | undefined } | undefined;
  /** Of this change, newest first. */
  events: readonly StackEvent[];
  /** Newest service deployment of this change that set out to run it. */
  deployment: ServiceDeploymentState | undefined;
  /** Whether the service's tasks are now of this release. */
  serves: boolean;
  running: number;
  /** Stopped tasks of this release, newest first. */
  stopped: readonly TaskFacts[];
};

export type Judgement = { status: Exclude<ReleaseStatus, "proposed" | "rolling" | "superseded" | "withdrawn"> } & Omit<
  Verdict,
  "at"
>;

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const tasksOf = (count: number): string => `${count} ${count === 1 ? "task" : "tasks"}`;
const what: Record<Release["kind"], string> = {
  release: "Release",
  "roll-back": "Roll back",
  restart: "Restart",
  scale: "Scaling",
  pause: "Pause",
  resume: "Resuming",
};

/** How much a cause explains; of several tasks' causes the strongest is the release's, the most frequent among equals. */
const strength: Partial<Record<VerdictCause, number>> = { unknown: 0, none: -1, killed: 1, stopped_by_person: 0 };
const strongest = (judgements: readonly TaskJudgement[]): TaskJudgement | undefined => {
  const rank = (one: TaskJudgement): number =>
    (strength[one.cause] ?? (one.cause === "crash_loop" ? 2 : 3)) * 1000 +
    judgements.filter(({ cause }) => cause === one.cause).length;
  return [...judgements].filter(({ cause }) => cause !== "none").sort((a, b) => rank(b) - rank(a))[0];
};

const stackEvidence = (events: readonly StackEvent[]): Evidence[] =>
  [...events]
    .reverse()
    .filter((event) => /FAILED/.test(event.status) && event.reason && !/cancelled/i.test(event.reason))
    .slice(0, 3)
    .map((event) => ({
      kind: "stack",
      text: `${event.resource} ${event.status}: ${(event.reason ?? "").slice(0, 300)}`,
      at: event.at,
    }));

const deploymentEvidence = (deployment: ServiceDeploymentState | undefined): Evidence[] =>
  deployment
    ? [
        {
          kind: "deployment",
          text: [
            deployment.reason ?? `The service deployment is ${deployment.status}.`,
            deployment.breaker.failures
              ? `${tasksOf(deployment.breaker.failures)} failed${deployment.breaker.threshold ? `, the breaker's threshold is ${deployment.breaker.threshold}` : ""}.`
              : "",
          ]
            .filter(Boolean)
            .join(" "),
          at: deployment.finishedAt ?? deployment.createdAt,
        },
      ]
    : [];

const refusalOf = (events: readonly StackEvent[]): TaskJudgement | undefined => {
  const [first] = stackEvidence(events);
  if (!first || /circuit breaker|alarm|rolled back|stabiliz/i.test(first.text)) return undefined;
  const denied = /not authorized|AccessDenied/i.test(first.text);
  const cause = denied ? "access_denied" : "stack_refused";
  return {
    cause,
    clause: denied ? `AWS refused a right: ${first.text}` : `AWS refused the change: ${first.text}`,
    evidence: [first],
    nextStep: denied
      ? nextStepOf("access_denied")
      : "Correct what the event names, then make the release again; its change set shows the values.",
  };
};

/**
 * What became of a release, or undefined while it is on its way. A stack that says COMPLETE does not suffice: the service
 * must run this release's tasks, for ECS may have taken it back without CloudFormation knowing.
 */
export const judgeRelease = (facts: ReleaseFacts): Judgement | undefined => {
  const { release, stack, before, deployment } = facts;
  const status = stack?.status ?? "GONE";
  const isStuck = /ROLLBACK_FAILED|DELETE_FAILED/.test(status);
  if (/IN_PROGRESS/.test(status) && !/CLEANUP_IN_PROGRESS/.test(status)) return undefined;
  const name = `${what[release.kind]} ${release.n}`;
  const judgements = facts.stopped.map((task) => judgeTask(task, release.config));
  const completed = /^(CREATE|UPDATE)_COMPLETE/.test(status);
  const replaces = release.kind === "release" || release.kind === "roll-back" || release.kind === "restart";

  if (completed && (facts.serves || (!replaces && release.config.minTasks === 0))) {
    const lost = judgements.filter(({ cause }) => cause !== "none" && cause !== "stopped_by_person");
    return {
      status: "live",
      ok: true,
      cause: "none",
      sentence:
        release.kind === "pause"
          ? `${release.agent} is paused: no task runs.`
          : `${name} is live: ${tasksOf(facts.running)} ${facts.running === 1 ? "runs" : "run"}${lost.length ? `; on the way ${tasksOf(lost.length)} ended because ${lost[0]?.clause}` : ""}.`,
      evidence: [...deploymentEvidence(deployment), ...(lost[0]?.evidence ?? [])],
      nextStep: "Nothing to do.",
    };
  }

  const serving = before === undefined ? "Nothing serves now." : `Release ${before} serves on.`;
  const back = before === undefined ? "failed" : "was rolled back";
  if (release.stoppedBy)
    return {
      status: "stopped",
      ok: false,
      cause: "stopped_by_person",
      sentence: `${name} was stopped by ${release.stoppedBy.name}: ${release.stopReason ?? "no reason given"}. ${serving}`,
      evidence: [...stackEvidence(facts.events), ...deploymentEvidence(deployment)],
      nextStep: before === undefined ? "Release again when ready." : "Look at what was stopped, then release again.",
    };

  const reason = strongest(judgements);
  const alarmed =
    (deployment?.alarms.triggered.length ?? 0) > 0 ||
    /alarm/i.test(`${deployment?.reason ?? ""} ${deployment?.rollback?.reason ?? ""}`);
  const byAlarm: TaskJudgement | undefined = alarmed
    ? {
        cause: "alarm",
        clause: `the alarm ${deployment?.alarms.triggered[0] ?? "on faults"} fired: the new tasks answered with faults`,
        evidence: (deployment?.alarms.triggered ?? []).map((alarm) => ({ kind: "alarm", text: `${alarm} fired.` })),
        nextStep: "Read the new tasks' log for errors, correct them and release again.",
      }
    : undefined;
  const told = reason && (strength[reason.cause] ?? 3) >= 2 && !alarmed ? reason : undefined;
  const cause: TaskJudgement = told ??
    byAlarm ??
    refusalOf(facts.events) ??
    reason ?? {
      cause: "unknown",
      clause: stack?.reason ?? deployment?.reason ?? "nothing that AWS keeps says why",
      evidence: [],
      nextStep: nextStepOf("unknown"),
    };
  const evidence = [
    ...cause.evidence,
    ...(judgements.length > 1 && cause === reason
      ? [
          {
            kind: "task" as const,
            text: `${tasksOf(judgements.filter((one) => one.cause === cause.cause).length)} of this release ended for this reason.`,
          },
        ]
      : []),
    ...deploymentEvidence(deployment),
    ...stackEvidence(facts.events),
  ].filter((one, i, all) => all.findIndex(({ text }) => text === one.text) === i);

  if (isStuck)
    return {
      status: "failed",
      ok: false,
      cause: "stack_stuck",
      sentence: `${name} failed because ${cause.clause}, and CloudFormation could not take it back: the stack is ${status}.`,
      evidence: [...stackEvidence(facts.events), ...evidence].filter(
        (one, i, all) => all.findIndex(({ text }) => text === one.text) === i,
      ),
      nextStep:
        "In CloudFormation, continue the rollback of this stack (skip the resource that is named, if need be); then release again.",
    };
  return {
    status: before === undefined ? "failed" : "rolled-back",
    ok: false,
    cause: cause.cause,
    sentence: `${name} ${back} because ${cause.clause}. ${serving}`,
    evidence,
    nextStep: upper(cause.nextStep),
  };
};
