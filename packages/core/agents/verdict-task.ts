import { AgentFatalLine, type Evidence, type ReleaseConfig, type VerdictCause } from "@samla/contracts";

/** All that is known of one task when it is judged. Pure data: nothing is asked here. */
export type TaskFacts = {
  id: string;
  startedAt?: string | undefined;
  stoppedAt?: string | undefined;
  stopCode?: string | undefined;
  stopReason?: string | undefined;
  containerReason?: string | undefined;
  exitCode?: number | undefined;
  /** Its last lines, oldest first. */
  lines: readonly { at: string; text: string }[];
  /** What the balancer last said of it. */
  targetReason?: string | undefined;
};

export type TaskJudgement = {
  cause: VerdictCause;
  /** Follows "because": a clause without a full stop. */
  clause: string;
  evidence: Evidence[];
  nextStep: string;
};

type Finding = { cause: VerdictCause; clause: string; nextStep: string; line?: { at: string; text: string } };

const nextSteps: Partial<Record<VerdictCause, string>> = {
  missing_variable: "Add the variable to the settings and release again.",
  wrong_port: "Set the port of the release to the one that the container opens, or make it listen on PORT.",
  out_of_memory: "Give the tasks more memory, or find what needs it in the memory curve.",
  missing_image: "Push the image to the agent's repository, or choose one that is there.",
  access_denied: "Give the agent the right that is named, or correct its credentials.",
  wrong_health_path: "Set the health path to one that the container answers with 200.",
  slow_start: "Make the start quicker, or give it more processor; the log shows how far it came.",
  crash_loop: "Read the last lines of the task; they end where it died.",
  bad_configuration: "Correct the setting that is named and release again.",
  index_unreachable: "Create the index, give the agent the right to read it, or name another one in the settings.",
  embedder_missing: "Choose an embedder that is offered, or add this one to the deployment.",
  api_unreachable: "See whether the API answers; then restart the agent.",
  secret_unreadable: "See whether the secret is there and the execution role may read it.",
  killed: "See what ended it on the host; if it comes again, look at memory and processor.",
  unknown: "Read the events of the service and the last lines of its tasks.",
};
export const nextStepOf = (cause: VerdictCause): string => nextSteps[cause] ?? nextSteps.unknown ?? "";

const cut = (text: string, length = 240): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const finding = (cause: VerdictCause, clause: string, line?: Finding["line"], nextStep?: string): Finding => ({
  cause,
  clause: cut(clause.replace(/[\s.]+$/, ""), 400),
  nextStep: nextStep ?? nextStepOf(cause),
  ...(line ? { line } : {}),
});

const causesByCode: Record<AgentFatalLine["code"], VerdictCause> = {
  missing_variable: "missing_variable",
  bad_configuration: "bad_configuration",
  index_unreachable: "index_unreachable",
  embedder_missing: "embedder_missing",
  access_denied: "access_denied",
  api_unreachable: "api_unreachable",
  port_in_use: "wrong_port",
  internal: "crash_loop",
};

/** The agent's own last word, where it is built on the kit: better than any guess. */
const byFatalLine = (facts: TaskFacts): Finding | undefined => {
  for (const line of [...facts.lines].reverse()) {
    if (!line.text.includes('"fatal"')) continue;
    try {
      const parsed = AgentFatalLine.safeParse(JSON.parse(line.text));
      if (parsed.success)
        return finding(causesByCode[parsed.data.code], parsed.data.message, line, parsed.data.nextStep);
    } catch {
      // A line that only looks like JSON says nothing.
    }
  }
  return undefined;
};

/** What ECS itself says of a task that could not begin, or that it took down. */
const byStopReason = (facts: TaskFacts): Finding | undefined => {
  const said = [facts.stopReason, facts.containerReason].filter(Boolean).join(" ");
  if (/OutOfMemory/i.test(said))
    return finding("out_of_memory", "the task used more memory than it has and was killed (OutOfMemoryError)");
  if (/CannotPullContainer/i.test(said))
    return /denied|not authorized|403|no basic auth/i.test(said) && !/not found|does not exist/i.test(said)
      ? finding("access_denied", `the image may not be fetched: ${cut(said)}`)
      : finding("missing_image", `the image cannot be fetched: ${cut(said)}`);
  if (/ResourceInitializationError/i.test(said) && /secret|ssm/i.test(said))
    return /AccessDenied|not authorized/i.test(said)
      ? finding("access_denied", `the task may not read its secret: ${cut(said)}`)
      : finding("secret_unreadable", `a secret of the task cannot be read: ${cut(said)}`);
  if (/AccessDenied|not authorized to perform/i.test(said)) return finding("access_denied", cut(said));
  if (/CannotStartContainer|CannotCreateContainer/i.test(said))
    return /no such file|not found|executable/i.test(said)
      ? finding("bad_configuration", `the image has no such command: ${cut(said)}`)
      : finding("unknown", `the container could not be started: ${cut(said)}`);
  if (facts.stopCode === "TerminationNotice" || /stand-in was stopped|host.*(lost|stopped)/i.test(said))
    return finding("killed", "its host went away", undefined, "Nothing: another task took its place.");
  if (facts.stopCode === "UserInitiated")
    return finding("stopped_by_person", `somebody stopped it: ${cut(facts.stopReason ?? "")}`);
  return undefined;
};

/** Words of programs that are not built on the kit. Ordered: the narrow ones first. */
const patterns: [VerdictCause, RegExp, (match: RegExpExecArray) => string][] = [
  [
    "out_of_memory",
    /JavaScript heap out of memory|MemoryError|java\.lang\.OutOfMemoryError|Cannot allocate memory/,
    ([words]) => `the program ran out of memory (${words})`,
  ],
  [
    "missing_variable",
    /(?:KeyError: '|(?:environment )?variable[:\s"'`]+)([A-Z][A-Z0-9_]{2,})/,
    ([, name]) => `the variable ${name} is missing`,
  ],
  [
    "missing_variable",
    /\b([A-Z][A-Z0-9_]{3,})["'`]? (?:is|was|must be)? ?(?:not set|missing|undefined|unset|required|set\b.*required)/,
    ([, name]) => `the variable ${name} is missing`,
  ],
  [
    "missing_variable",
    /(?:missing|required|undefined)[^\n]{0,40}\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/i,
    ([, name]) => `the variable ${name} is missing`,
  ],
  [
    "index_unreachable",
    /\bindex\b[^\n]{0,80}(?:unreachable|not found|does not exist|cannot be (?:read|reached)|unavailable|no such)|(?:cannot|could not|failed to) (?:reach|read|find|open) (?:the )?index\b[^\n]*/i,
    ([words]) => `the index it needs cannot be reached (${cut(words, 160)})`,
  ],
  [
    "bad_configuration",
    /(?:invalid|malformed|cannot parse|could not parse|failed to parse|unexpected (?:token|end))[^\n]{0,120}|(?:config(?:uration)?|settings)[^\n]{0,60}(?:invalid|not valid|malformed|is wrong)[^\n]{0,80}/i,
    ([words]) => `its configuration is not valid (${cut(words, 160)})`,
  ],
  [
    "access_denied",
    /AccessDenied\w*|not authorized to perform[^\n]*|EACCES[^\n]*|permission denied[^\n]*|\b403 Forbidden\b|\b401 Unauthorized\b|InvalidClientTokenId/i,
    ([words]) => `it was refused a right (${cut(words, 160)})`,
  ],
  [
    "api_unreachable",
    /(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)[^\n]*/,
    ([words]) => `something it needs does not answer (${cut(words, 160)})`,
  ],
];

const byWords = (facts: TaskFacts): Finding | undefined => {
  const newest = [...facts.lines].reverse().slice(0, 60);
  for (const [cause, pattern, clause] of patterns)
    for (const line of newest) {
      const match = pattern.exec(line.text);
      if (match) return finding(cause, clause(match), line);
    }
  return undefined;
};

/** Times of day look like ports after a colon. */
const withoutTimes = (text: string): string =>
  text.replace(/(?<![.\d])(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?!\d)Z?/g, "");

const listening = /\b(?:listening|listens|serving|started|running|ready)\b[^\n]{0,80}?(?:port[\s:="]+|:)(\d{2,5})\b/i;

/** A task that ran and was taken down because nobody could see that it is well. */
const byHealth = (facts: TaskFacts, config: Pick<ReleaseConfig, "port" | "healthPath">): Finding | undefined => {
  const said = [facts.stopReason, facts.containerReason, facts.targetReason].filter(Boolean).join(" ");
  if (!/health check/i.test(said) && !facts.targetReason) return undefined;
  const opened = [...facts.lines].reverse().flatMap((line) => {
    const port = listening.exec(withoutTimes(line.text))?.[1] ?? /"port":\s*"?(\d{2,5})/.exec(line.text)?.[1];
    return port ? [{ port: Number(port), line }] : [];
  })[0];
  const status = /codes?:? \[(\d{3})/.exec(said)?.[1];
  // Whoever answers, with whatever code, does so on the right port.
  const answered = status !== undefined || /ResponseCodeMismatch/i.test(said);
  if (opened && !answered && opened.port !== config.port)
    return finding(
      "wrong_port",
      `the container listens on port ${opened.port}, but its port is said to be ${config.port}`,
      opened.line,
    );
  if (status && /^4/.test(status))
    return finding(
      "wrong_health_path",
      `the container answers ${status} at ${config.healthPath}, where its health is asked for`,
    );
  if (status)
    return finding(
      "slow_start",
      `the container answered ${status} at ${config.healthPath} until its time to start was over`,
    );
  if (answered)
    return finding(
      "wrong_health_path",
      `the container answers at ${config.healthPath}, where its health is asked for, but with a code that is no success`,
    );
  if (opened)
    return /timed out|timeout/i.test(said)
      ? finding("slow_start", "the container opened its port but did not answer health checks in time", opened.line)
      : finding(
          "wrong_health_path",
          `the container listens on port ${opened.port} but fails health checks at ${config.healthPath}`,
          opened.line,
        );
  return finding("slow_start", `nothing listened on port ${config.port} before its time to start was over`);
};

const exitOf = (facts: TaskFacts): Finding | undefined => {
  const { exitCode } = facts;
  if (exitCode === undefined || facts.stopCode !== "EssentialContainerExited") return undefined;
  const last = [...facts.lines].reverse().find((line) => line.text.trim() !== "");
  if (exitCode === 0)
    return finding("crash_loop", "the program ended by itself with code 0, though it should keep running", last);
  if (exitCode === 137) return finding("killed", "the program was killed (code 137)", last);
  return finding("crash_loop", `the program ended with code ${exitCode}`, last);
};

/**
 * Why a task ended, or cannot become healthy. The agent's own fatal line comes first, then what ECS says, then the words
 * of its log, then its health, then its exit code; so that a guess never overrules a statement.
 */
export const judgeTask = (facts: TaskFacts, config: Pick<ReleaseConfig, "port" | "healthPath">): TaskJudgement => {
  const planned =
    facts.stopCode === "ServiceSchedulerInitiated" &&
    /scaling activity|deployment|draining/i.test(facts.stopReason ?? "") &&
    !/health/i.test(facts.stopReason ?? "");
  const found = planned
    ? finding("none", "it was no longer needed", undefined, "Nothing to do.")
    : (byFatalLine(facts) ??
      byStopReason(facts) ??
      (facts.exitCode !== 0 || facts.stopCode !== "EssentialContainerExited" ? byWords(facts) : undefined) ??
      byHealth(facts, config) ??
      exitOf(facts) ??
      finding("unknown", facts.stopReason ? cut(facts.stopReason) : "nothing says why it ended"));
  const evidence: Evidence[] = [];
  if (found.line) evidence.push({ kind: "log", text: cut(found.line.text), at: found.line.at, taskId: facts.id });
  const said = [facts.stopReason, facts.containerReason].filter(Boolean).join("; ");
  if (said)
    evidence.push({
      kind: "task",
      text: cut(`${said}${facts.exitCode === undefined ? "" : ` (exit code ${facts.exitCode})`}`),
      ...(facts.stoppedAt ? { at: facts.stoppedAt } : {}),
      taskId: facts.id,
    });
  if (facts.targetReason) evidence.push({ kind: "target", text: cut(facts.targetReason), taskId: facts.id });
  return { cause: found.cause, clause: found.clause, evidence, nextStep: found.nextStep };
};
