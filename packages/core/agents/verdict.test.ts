import { ReleaseConfig, type VerdictCause } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import type { ServiceDeploymentState } from "../kernel/index.ts";
import { judgeRelease, type ReleaseFacts } from "./verdict.ts";
import { judgeTask, type TaskFacts } from "./verdict-task.ts";

const at = "2026-03-01T10:00:00.000Z";
const config = ReleaseConfig.parse({});
const lines = (...texts: string[]) => texts.map((text) => ({ at, text }));
const task = (facts: Partial<TaskFacts>): TaskFacts => ({
  id: "0".repeat(32),
  startedAt: at,
  stoppedAt: at,
  lines: [],
  ...facts,
});
const exited = (exitCode: number, ...texts: string[]): TaskFacts =>
  task({
    exitCode,
    stopCode: "EssentialContainerExited",
    stopReason: "Essential container in task exited",
    lines: lines(...texts),
  });
const unhealthy = (targetReason: string | undefined, ...texts: string[]): TaskFacts =>
  task({
    stopCode: "ServiceSchedulerInitiated",
    stopReason: "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu:1:targetgroup/a/b)",
    exitCode: 143,
    targetReason,
    lines: lines(...texts),
  });
const failedToStart = (stopReason: string): TaskFacts =>
  task({ stopCode: "TaskFailedToStart", stopReason, startedAt: undefined });
const fatal = (code: string, message: string): string =>
  JSON.stringify({ level: "fatal", code, message, nextStep: "Do that." });

const deployment = (more: Partial<ServiceDeploymentState> = {}): ServiceDeploymentState => ({
  arn: "d",
  status: "ROLLBACK_SUCCESSFUL",
  reason: "Service deployment rolled back because the circuit breaker threshold was exceeded.",
  createdAt: at,
  failedTasks: 3,
  breaker: { status: "TRIGGERED", failures: 3, threshold: 3 },
  alarms: { status: "MONITORING", names: ["faults"], triggered: [] },
  target: undefined,
  sources: [],
  ...more,
});
const facts = (more: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  release: { n: 7, kind: "release", config, agent: "answer" },
  before: 6,
  stack: { status: "UPDATE_ROLLBACK_COMPLETE" },
  events: [],
  deployment: deployment(),
  serves: false,
  running: 1,
  stopped: [],
  ...more,
});

/** The ten seeded failures, each as the kit says it and as a foreign image shows it. */
const seeded: [VerdictCause, string, TaskFacts, RegExp][] = [
  [
    "missing_variable",
    "kit",
    exited(64, fatal("missing_variable", "INDEX_URL is not set")),
    /because INDEX_URL is not set\./,
  ],
  [
    "missing_variable",
    "foreign, Python",
    exited(1, "Traceback (most recent call last):", "KeyError: 'INDEX_URL'"),
    /variable INDEX_URL is missing/,
  ],
  [
    "missing_variable",
    "foreign, Node",
    exited(1, "Error: Missing required environment variable DATABASE_URL", "    at main.js:3:9"),
    /variable DATABASE_URL is missing/,
  ],
  [
    "wrong_port",
    "foreign",
    unhealthy("Health checks failed", "Server listening on http://0.0.0.0:9090"),
    /listens on port 9090, but its port is said to be 8080/,
  ],
  [
    "out_of_memory",
    "killed by the host",
    task({
      exitCode: 137,
      stopCode: "EssentialContainerExited",
      stopReason: "Essential container in task exited",
      containerReason: "OutOfMemoryError: Container killed due to memory usage",
    }),
    /more memory than it has/,
  ],
  [
    "out_of_memory",
    "of the program itself",
    exited(134, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
    /ran out of memory/,
  ],
  [
    "missing_image",
    "ECS",
    failedToStart(
      "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x@sha256:1: not found",
    ),
    /image cannot be fetched/,
  ],
  [
    "access_denied",
    "ECS, secret",
    failedToStart(
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: AccessDeniedException: not authorized to perform secretsmanager:GetSecretValue",
    ),
    /may not read its secret/,
  ],
  ["access_denied", "kit", exited(68, fatal("access_denied", "The client secret was refused")), /secret was refused/],
  [
    "access_denied",
    "foreign",
    exited(1, "AccessDeniedException: User is not authorized to perform bedrock:InvokeModel"),
    /refused a right/,
  ],
  [
    "wrong_health_path",
    "balancer",
    unhealthy("Health checks failed with these codes: [404]", "listening on port 8080"),
    /answers 404 at \/health/,
  ],
  [
    "wrong_health_path",
    "kit, whose log names the time and no port",
    unhealthy(
      "Target.ResponseCodeMismatch",
      '{"level":"info","message":"ready","at":"2026-11-23T23:53:50.101Z","agent":"answer"}',
    ),
    /answers at \/health, where its health is asked for, but with a code/,
  ],
  [
    "slow_start",
    "nothing opened",
    unhealthy("Request timed out", "loading model, 12 %"),
    /nothing listened on port 8080/,
  ],
  [
    "slow_start",
    "not ready",
    unhealthy("Health checks failed with these codes: [503]", "listening on port 8080"),
    /answered 503 at \/health until/,
  ],
  ["crash_loop", "by itself", exited(1, "starting", "boom"), /program ended with code 1/],
  ["crash_loop", "ends well", exited(0, "done"), /ended by itself with code 0/],
  [
    "bad_configuration",
    "kit",
    exited(65, fatal("bad_configuration", "settings.limit: must be at most 20")),
    /settings\.limit: must be at most 20/,
  ],
  [
    "bad_configuration",
    "foreign",
    exited(1, "Error: failed to parse /app/config.yaml: unexpected token at line 3"),
    /configuration is not valid/,
  ],
  [
    "index_unreachable",
    "kit",
    exited(66, fatal("index_unreachable", "The index handbook cannot be read")),
    /index handbook cannot be read/,
  ],
  [
    "index_unreachable",
    "foreign",
    exited(1, "RuntimeError: index handbook is unreachable: connection refused"),
    /index it needs cannot be reached/,
  ],
];

describe("the verdict of a release", () => {
  it.each(seeded)("names %s (%s), and never shows it green", (cause, _, stopped, sentence) => {
    const verdict = judgeRelease(facts({ stopped: [stopped, stopped, stopped] }));
    expect(verdict).toMatchObject({ status: "rolled-back", ok: false, cause });
    expect(verdict?.sentence).toMatch(sentence);
    expect(verdict?.sentence).toMatch(/^Release 7 was rolled back because .*Release 6 serves on\.$/);
    expect(verdict?.evidence.length).toBeGreaterThan(0);
    expect(verdict?.nextStep).not.toBe("");
    expect(
      judgeRelease(facts({ before: undefined, stack: { status: "ROLLBACK_COMPLETE" }, stopped: [stopped] })),
    ).toMatchObject({ status: "failed", cause });
  });

  it("is none while CloudFormation is under way, and none by its clean-up", () => {
    for (const status of [
      "UPDATE_IN_PROGRESS",
      "CREATE_IN_PROGRESS",
      "UPDATE_ROLLBACK_IN_PROGRESS",
      "DELETE_IN_PROGRESS",
    ])
      expect(judgeRelease(facts({ stack: { status } })), status).toBeUndefined();
    expect(
      judgeRelease(facts({ stack: { status: "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" }, serves: true })),
    ).toMatchObject({ status: "live", ok: true });
  });

  it("is live only when the service runs this release's tasks", () => {
    const done = {
      stack: { status: "UPDATE_COMPLETE" },
      deployment: deployment({ status: "SUCCESSFUL", reason: undefined }),
    };
    expect(judgeRelease(facts({ ...done, serves: true, running: 2 }))).toMatchObject({
      status: "live",
      ok: true,
      cause: "none",
      sentence: "Release 7 is live: 2 tasks run.",
    });
    expect(judgeRelease(facts({ stack: { status: "UPDATE_COMPLETE" }, stopped: [exited(1, "boom")] }))).toMatchObject({
      status: "rolled-back",
      ok: false,
      cause: "crash_loop",
    });
  });

  it("names the breaker even when no task left a trace", () => {
    expect(judgeRelease(facts())).toMatchObject({ status: "rolled-back", cause: "unknown", ok: false });
    expect(JSON.stringify(judgeRelease(facts())?.evidence)).toContain("threshold is 3");
  });

  it("names an alarm that took it back, though its tasks ran", () => {
    const verdict = judgeRelease(
      facts({
        deployment: deployment({
          reason: "Service deployment rolled back because an alarm was triggered.",
          breaker: { status: "MONITORING_COMPLETE", failures: 0 },
          alarms: { status: "TRIGGERED", names: ["faults"], triggered: ["faults"] },
        }),
        stopped: [
          task({
            stopCode: "ServiceSchedulerInitiated",
            stopReason: "Scaling activity initiated by (deployment ecs-svc/1)",
          }),
        ],
      }),
    );
    expect(verdict).toMatchObject({ status: "rolled-back", cause: "alarm", ok: false });
  });

  it("says who stopped it", () => {
    const verdict = judgeRelease(
      facts({
        release: {
          n: 7,
          kind: "release",
          config,
          agent: "answer",
          stoppedBy: { kind: "person", id: "otto", name: "Otto" },
          stopReason: "wrong image",
        },
        stopped: [exited(1, "boom")],
      }),
    );
    expect(verdict).toMatchObject({ status: "stopped", cause: "stopped_by_person", ok: false });
    expect(verdict?.sentence).toBe("Release 7 was stopped by Otto: wrong image. Release 6 serves on.");
  });

  it("says that the stack is stuck, and still why", () => {
    const verdict = judgeRelease(
      facts({ stack: { status: "UPDATE_ROLLBACK_FAILED" }, stopped: [exited(1, "KeyError: 'A_NAME'")] }),
    );
    expect(verdict).toMatchObject({ status: "failed", cause: "stack_stuck" });
    expect(verdict?.sentence).toContain("A_NAME");
  });

  it("names a change that AWS refused", () => {
    const refused = (reason: string) =>
      judgeRelease(
        facts({
          deployment: undefined,
          events: [{ id: "2", at, resource: "Service", type: "AWS::ECS::Service", status: "UPDATE_FAILED", reason }],
        }),
      );
    expect(refused("Invalid request: no such subnet")).toMatchObject({ cause: "stack_refused", status: "rolled-back" });
    expect(refused("User x is not authorized to perform ecs:UpdateService")).toMatchObject({ cause: "access_denied" });
  });

  it("is true when the host died and came back on the way", () => {
    const lost = task({ stopCode: "TerminationNotice", stopReason: "The stand-in was stopped", exitCode: 137 });
    const verdict = judgeRelease(
      facts({
        stack: { status: "UPDATE_COMPLETE" },
        deployment: deployment({ status: "SUCCESSFUL", reason: undefined }),
        serves: true,
        running: 1,
        stopped: [lost],
      }),
    );
    expect(verdict).toMatchObject({ status: "live", ok: true, cause: "none" });
    expect(verdict?.sentence).toContain("its host went away");
    expect(judgeRelease(facts({ stopped: [lost, exited(1, "KeyError: 'A_NAME'")] }))).toMatchObject({
      cause: "missing_variable",
    });
  });

  it("takes the cause that most tasks share, and a named one before a bare exit code", () => {
    const verdict = judgeRelease(
      facts({ stopped: [exited(1, "boom"), exited(1, "boom"), exited(64, fatal("missing_variable", "A is not set"))] }),
    );
    expect(verdict).toMatchObject({ cause: "missing_variable" });
  });

  it("of a pause says that nothing runs", () => {
    const paused = { ...config, minTasks: 0 };
    expect(
      judgeRelease(
        facts({
          release: { n: 8, kind: "pause", config: paused, agent: "answer" },
          stack: { status: "UPDATE_COMPLETE" },
          deployment: undefined,
          running: 0,
          serves: true,
        }),
      ),
    ).toMatchObject({ status: "live", sentence: "answer is paused: no task runs." });
  });
});

describe("the judgement of a task", () => {
  it("takes the agent's own word before what its log may be read as", () => {
    const facts = exited(66, "permission denied somewhere", fatal("index_unreachable", "The index x is gone"));
    expect(judgeTask(facts, config)).toMatchObject({ cause: "index_unreachable", nextStep: "Do that." });
  });

  it("finds nothing wrong with a task that a deployment or scaling took down", () => {
    const planned = task({
      stopCode: "ServiceSchedulerInitiated",
      stopReason: "Scaling activity initiated by (deployment ecs-svc/1)",
      exitCode: 0,
      lines: lines("permission denied: one request"),
    });
    expect(judgeTask(planned, config).cause).toBe("none");
  });

  it("keeps its evidence short, whatever a hostile log holds", () => {
    const judged = judgeTask(exited(1, `KeyError: 'A_NAME' ${"x".repeat(100_000)}`), config);
    expect(JSON.stringify(judged).length).toBeLessThan(3_000);
  });
});
