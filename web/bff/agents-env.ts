import "server-only";
import { AgentPlatformSettings } from "@samla/contracts";
import { z } from "zod";

/** Apart from the console's other settings: without these only the pages of agents and images do not work. */
const AgentsEnv = z.object({
  /** The agents' own table, and the catalog's, where their events go. */
  SAMLA_AGENTS_TABLE: z.string().min(1),
  SAMLA_CATALOG_TABLE: z.string().min(1),
  SAMLA_AGENT_PLATFORM: z
    .string()
    .transform((text, ctx) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        ctx.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(AgentPlatformSettings),
  /** File of the agents' template; the one beside the console unless said. */
  SAMLA_AGENT_TEMPLATE: z.string().default("../agents/agent.template.yaml"),
});

/** Reads what the pages of agents need; throws one error that names every setting that is wrong. */
export const readAgentsEnv = (source: Record<string, string | undefined> = process.env): z.infer<typeof AgentsEnv> => {
  const parsed = AgentsEnv.safeParse(source);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The console's agents are not configured: ${wrong.join("; ")}.`);
};
