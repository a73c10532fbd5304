import { type RunningAgent, startAgent } from "@samla/agent-kit";
import { expect } from "vitest";
import type { Backend } from "../../e2e/api/backend.ts";
import { library, patient } from "../../e2e/api/backend.ts";
import { syncAgent } from "./definition.ts";
import type { Row, Run } from "./run/report.ts";

export type FullRun = Run & { rows: Row[] };

/** The agent in this process, on the real API, as the machine account of the role; runs start when a test asks. */
export const startSync = async (
  backend: Backend,
  settings: Record<string, unknown>,
  apiUrl = backend.settings.apiUrl,
) => {
  const lines: string[] = [];
  const agent: RunningAgent & { ready: Promise<void> } = await startAgent(syncAgent, {
    host: "127.0.0.1",
    write: (line) => void lines.push(line),
    env: {
      SAMLA_AGENT: "sync",
      SAMLA_STAGE: "test",
      SAMLA_RELEASE_ID: "rel_01J00000000000000000000000",
      SAMLA_API_URL: apiUrl,
      SAMLA_CLIENT_SECRET: JSON.stringify({
        clientId: "test-editor",
        clientSecret: "secret-of-the-editor-used-in-tests-only",
        issuerUrl: backend.settings.issuerUrl,
      }),
      SAMLA_AGENT_SETTINGS: JSON.stringify({ index: library, intervalMinutes: 0, ...settings }),
      PORT: "0",
    },
  });
  await agent.ready;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    role: "operator" | "admin" | "reader" = "admin",
  ) => {
    const response = await fetch(`http://127.0.0.1:${agent.port}/agents/sync${path}`, {
      method,
      headers: { authorization: `Bearer ${await backend.token(role)}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as never };
  };
  const get = async (id: string): Promise<FullRun> => (await call("GET", `/runs/${id}`)).json;
  return {
    agent,
    call,
    get,
    lines,
    begin: async (body: unknown = {}): Promise<Run> => {
      const { status, json } = await call("POST", "/runs", body);
      expect(status, JSON.stringify(json)).toBe(202);
      return json;
    },
    ended: async (id: string): Promise<FullRun> => {
      await expect.poll(async () => (await get(id)).status, patient).not.toBe("running");
      // The next run may begin once the lease is free.
      await expect
        .poll(() => lines.some((line) => line.includes('"run ended"') && line.includes(id)), patient)
        .toBe(true);
      return get(id);
    },
  };
};

/** Outcomes by key, for one look at a whole report. */
export const outcomesOf = (run: FullRun): Record<string, string> =>
  Object.fromEntries(run.rows.map(({ key, outcome }) => [key, outcome]));
