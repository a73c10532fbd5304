import { type AgentRequest, type AgentRoute, type Api, RequestError, sendJson } from "@samla/agent-kit";
import type { IndexSlug, Me, Permission, SyncRunPage, SyncRunReport } from "@samla/contracts";
import { z } from "zod";
import { Busy } from "./run/run-store.ts";
import type { Runner } from "./run/runner.ts";
import { describeSource, type SyncSettings } from "./settings.ts";

const StartBody = z.strictObject({
  /** Lifts the brake of this one run up to so many deletions. */
  allowDeletes: z.int().min(0).max(1_000_000).optional(),
  /** Says what a run would do, and changes nothing. */
  dryRun: z.boolean().optional(),
});
/** Rows that the answer about a run under way brings along. */
const liveRowsMax = 1000;
const Limit = z.coerce.number().int().min(1).max(100);

/** The caller, if its roles allow it and it may read the index. Reports name files, as the index does. */
const requireCaller = async (
  api: Api,
  request: AgentRequest,
  index: IndexSlug,
  permission: Permission,
): Promise<z.infer<typeof Me>> => {
  const client = api.as(request.authorization());
  const me = await client.call("platform.me", { signal: request.signal });
  if (!me.permissions.includes(permission))
    throw new RequestError("forbidden", `Your role (${me.roles.join(", ") || "none"}) does not allow ${permission}.`, {
      nextStep: "Ask an administrator to give you a role that does.",
    });
  await client.call("indexes.get", { params: { index }, signal: request.signal });
  return me;
};

const runIdOf = ({ params }: AgentRequest): string => {
  const id = params.run ?? "";
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)) throw new RequestError("not_found", `There is no run ${id.slice(0, 60)}.`);
  return id;
};

/** Runs and their reports: `GET /runs`, `GET /runs/{run}`, `POST /runs`, `POST /runs/{run}/cancel`. */
export const createRoutes = (runner: Runner, api: Api, settings: SyncSettings): AgentRoute[] => [
  {
    method: "GET",
    path: "/runs",
    handle: async (request) => {
      await requireCaller(api, request, settings.index, "agents.read");
      const limit = Limit.safeParse(request.query.get("limit") ?? 20);
      if (!limit.success) throw new RequestError("invalid_request", "limit: use a number from 1 to 100");
      const cursor = request.query.get("cursor") ?? undefined;
      const { items, nextCursor } = await runner.store.listRuns(limit.data, cursor);
      const dueAtMs = cursor ? undefined : runner.dueAtMs(items);
      const page: SyncRunPage = {
        items: items.map((run) => runner.peek(run.id)?.run ?? run),
        ...(nextCursor ? { nextCursor } : {}),
        setup: setupOf(settings),
        ...(dueAtMs === undefined ? {} : { nextAt: new Date(dueAtMs).toISOString() }),
      };
      sendJson(request.outgoing, 200, page);
    },
  },
  {
    method: "GET",
    path: "/runs/{run}",
    handle: async (request) => {
      await requireCaller(api, request, settings.index, "agents.read");
      const id = runIdOf(request);
      const live = runner.peek(id);
      if (live) {
        const rows = live.rows.slice(-liveRowsMax);
        const report: SyncRunReport = { ...live.run, rows, rowsLeftOut: live.rows.length - rows.length };
        return sendJson(request.outgoing, 200, report);
      }
      const run = await runner.store.getRun(id);
      if (!run) throw new RequestError("not_found", `There is no run ${id}.`);
      const report: SyncRunReport = { ...run, rows: await runner.store.getRows(id) };
      sendJson(request.outgoing, 200, report);
    },
  },
  {
    method: "POST",
    path: "/runs",
    handle: async (request) => {
      const text = (await request.text()) || "{}";
      const { allowDeletes, dryRun } = parseBody(text);
      if (dryRun && allowDeletes)
        throw new RequestError("invalid_request", "allowDeletes: a dry run deletes nothing", {
          nextStep: "Give one of allowDeletes and dryRun.",
        });
      // Who lifts the brake answers for the deletions, so it must be allowed to delete.
      const me = await requireCaller(api, request, settings.index, allowDeletes ? "documents.write" : "agents.release");
      try {
        const run = await runner.start({
          trigger: "request",
          by: me.name,
          ...(allowDeletes ? { allowDeletes } : {}),
          ...(dryRun ? { dryRun } : {}),
        });
        sendJson(request.outgoing, 202, run);
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        throw new RequestError("conflict", error.message, { nextStep: "Wait for it, or cancel it first." });
      }
    },
  },
  {
    method: "POST",
    path: "/runs/{run}/cancel",
    handle: async (request) => {
      await requireCaller(api, request, settings.index, "agents.release");
      const id = runIdOf(request);
      const run = await runner.store.getRun(id);
      if (!run) throw new RequestError("not_found", `There is no run ${id}.`);
      if (run.status !== "running")
        throw new RequestError("conflict", `The run ${id} has ended (${run.status}).`, {
          nextStep: "Read its report.",
        });
      await runner.cancel(id);
      sendJson(request.outgoing, 202, run);
    },
  },
];

const setupOf = ({ index, source, label, into, intervalMs, brake }: SyncSettings): SyncRunPage["setup"] => ({
  index,
  source: describeSource(source),
  label,
  into,
  intervalMinutes: intervalMs / 60_000,
  brake,
});

const parseBody = (text: string): z.infer<typeof StartBody> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError("invalid_request", "The body is not valid JSON.");
  }
  const parsed = StartBody.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    field: issue.path.join(".") || "body",
    message: issue.message,
  }));
  throw new RequestError("invalid_request", errors.map(({ field, message }) => `${field}: ${message}`).join("; "), {
    errors,
  });
};
