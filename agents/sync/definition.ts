import { type AgentDefinition, FatalError } from "@samla/agent-kit";
import manifest from "./agent.json" with { type: "json" };
import { createRoutes } from "./routes.ts";
import { createRunner } from "./run/runner.ts";
import { readSettings } from "./settings.ts";
import { openSource } from "./sources/open-source.ts";

/** The agent `sync`: keeps an index equal to its source, with its own credentials, and shows its reports. */
export const syncAgent: AgentDefinition = {
  manifest,
  open: ({ api, environment, log, ending }) => {
    const settings = readSettings(environment.settings);
    if (!api.own)
      throw new FatalError(
        "missing_variable",
        "The environment lacks SAMLA_CLIENT_SECRET.",
        "Name the secret with the agent's client credentials in the release (SecretArn).",
        { variables: ["SAMLA_CLIENT_SECRET"] },
      );
    const runner = createRunner({ client: api.own, source: openSource(settings.source), settings, log, ending });
    void runner.startIfDue();
    return {
      card: {
        skills: [
          {
            id: "sync",
            name: "Keep an index equal to a source",
            description: "New and changed files by their hash, vanished ones behind a brake, a report of each run.",
            tags: ["documents", "sync"],
          },
        ],
        interfaces: [{ path: "/runs", protocolBinding: "HTTP+JSON", protocolVersion: "1.0" }],
        streaming: false,
        inputModes: ["application/json"],
        outputModes: ["application/json"],
      },
      routes: createRoutes(runner, api, settings),
      close: runner.close,
    };
  },
};
