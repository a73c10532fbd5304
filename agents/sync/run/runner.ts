import type { Kit } from "@samla/agent-kit";
import { ApiError, type Client } from "@samla/contracts";
import { ulid } from "ulid";
import { describeSource, type SyncSettings } from "../settings.ts";
import type { Source } from "../sources/source.ts";
import { withPatience } from "./patient-client.ts";
import { createReport, newRun, type Report, type Row, type Run } from "./report.ts";
import { problemOfRun, RunEnded, runOnce } from "./run-once.ts";
import { Busy, createRunStore } from "./run-store.ts";

const tickMs = 5_000;
const renewMs = 15_000;
const scheduleMs = 30_000;
const lookedAtMax = 20;

/**
 * Runs one at a time: by the lease in the notes of the account, which holds between tasks as well, so that a second task
 * during a release, or one by mistake, does no harm.
 */
export const createRunner = (options: {
  client: Client;
  source: Source;
  settings: SyncSettings;
  log: Kit["log"];
  ending: AbortSignal;
}) => {
  const { client, settings, log } = options;
  const store = createRunStore(withPatience(client, new AbortController().signal), settings.label);
  let current: { id: string; end: AbortController; done: Promise<void>; report: Report } | undefined;

  const work = async (report: Report, lease: Awaited<ReturnType<typeof store.takeLease>>, end: AbortController) => {
    const { run } = report;
    const signal = AbortSignal.any([end.signal, options.ending]);
    const startedMs = Date.now();
    let renewedMs = startedMs;
    let ticking: Promise<void> = Promise.resolve();
    const tick = async (): Promise<void> => {
      if (Date.now() - startedMs > settings.runMaxMs)
        end.abort(
          new RunEnded(
            "stopped",
            `The run took longer than ${settings.runMaxMs / 60_000} minutes. Nothing was deleted.`,
            "The next run goes on where it stopped; raise the limit if runs never end.",
          ),
        );
      try {
        if (Date.now() - renewedMs >= renewMs) {
          await lease.renew();
          renewedMs = Date.now();
        }
        await store.saveRun(run);
        if (await store.isCancelAsked(run.id)) end.abort(cancelled());
      } catch (error) {
        if (error instanceof ApiError && error.problem.code === "precondition_failed")
          end.abort(new RunEnded("lost", "Another run took over.", "Nothing is to be done: the other run goes on."));
        else log("warn", "the report of the run could not be saved", { runId: run.id, error: String(error) });
      }
    };
    const timer = setInterval(() => {
      ticking = ticking.then(tick);
    }, tickMs);
    try {
      await runOnce({
        client: withPatience(client, signal),
        source: options.source,
        settings,
        report,
        signal,
      });
      run.status = "done";
    } catch (error) {
      const ended = options.ending.aborted
        ? {
            status: "cancelled" as const,
            detail: "The task was ended during the run.",
            nextStep: "The next run does what is missing.",
          }
        : problemOfRun(error, signal);
      run.status = ended.status;
      run.problem = { detail: ended.detail, nextStep: ended.nextStep };
      if (ended.status === "failed")
        log("error", "run failed", {
          runId: run.id,
          detail: ended.detail,
          stack: error instanceof Error ? error.stack : undefined,
        });
    } finally {
      clearInterval(timer);
      await ticking;
    }
    run.endedAt = new Date().toISOString();
    const { counts, sentBytes, tookMs } = run;
    log("info", "run ended", { runId: run.id, status: run.status, ...counts, sentBytes, tookMs });
    // Whoever took over writes its own report, and this one as well.
    if (run.status === "lost") return;
    await store.saveRows(run.id, report.keptRows());
    await store.saveRun(run);
    await lease.release();
  };

  /** Starts a run and gives its beginning. Throws `Busy`. */
  const start = async (input: Pick<Run, "trigger" | "by" | "dryRun" | "allowDeletes">): Promise<Run> => {
    if (current) throw new Busy(current.id);
    const run = newRun({
      id: ulid(),
      startedAt: new Date().toISOString(),
      source: describeSource(settings.source),
      ...input,
    });
    const report = createReport(run);
    const end = new AbortController();
    let settle = (): void => undefined;
    current = { id: run.id, end, report, done: new Promise((resolve) => (settle = resolve)) };
    const finish = (): void => {
      current = undefined;
      settle();
    };
    try {
      const lease = await store.takeLease(run.id);
      await store.saveRun(run);
      log("info", "run started", { runId: run.id, trigger: run.trigger });
      const begun = structuredClone(run);
      void work(report, lease, end)
        .catch((error: unknown) =>
          log("error", "the run's end could not be written", { runId: run.id, error: String(error) }),
        )
        .finally(finish);
      return begun;
    } catch (error) {
      finish();
      throw error;
    }
  };

  /** When the schedule starts the next run, after these of late, newest first; dry ones do not count. */
  const dueAtMs = (runs: readonly Run[]): number | undefined => {
    if (settings.intervalMs === 0) return undefined;
    const last = runs.find(({ dryRun }) => !dryRun);
    return last ? Date.parse(last.startedAt) + settings.intervalMs : Date.now();
  };

  const startIfDue = async (): Promise<void> => {
    if (current || settings.intervalMs === 0 || options.ending.aborted) return;
    try {
      const runs = (await store.listRuns(lookedAtMax)).items;
      // One that is said to run is left to the lease, which knows better.
      if (runs[0]?.status !== "running" && (dueAtMs(runs) ?? 0) > Date.now()) return;
      await start({ trigger: "schedule" });
    } catch (error) {
      if (!(error instanceof Busy)) log("warn", "no run could be started", { error: String(error) });
    }
  };
  const timer = setInterval(() => void startIfDue(), scheduleMs);

  return {
    store,
    start,
    dueAtMs,
    /** The run that this task does, as it is now, with its rows. */
    peek: (id: string): { run: Run; rows: readonly Row[] } | undefined =>
      current?.id === id ? { run: current.report.run, rows: current.report.rows } : undefined,
    /** Looks whether a run is due now. */
    startIfDue,
    /** Ends a run within seconds, wherever it goes on. */
    cancel: async (id: string): Promise<void> => {
      if (current?.id === id) current.end.abort(cancelled());
      else await store.askToCancel(id);
    },
    close: async (): Promise<void> => {
      clearInterval(timer);
      await current?.done;
    },
  };
};
export type Runner = ReturnType<typeof createRunner>;

const cancelled = (): RunEnded =>
  new RunEnded("cancelled", "Somebody cancelled the run.", "What was done stays; the next run does the rest.");
