import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import { Timestamp } from "./pagination.ts";
import { replicationStates } from "./plain/images.ts";
import { ImageDigest } from "./releases.ts";

/** One setting of a repository, here and in a region that gets copies. */
export const SettingDrift = z.object({ setting: z.string(), here: z.string(), there: z.string() });
export type SettingDrift = z.infer<typeof SettingDrift>;
export const Replication = z.object({
  /** Absent rules: nothing is replicated. */
  rules: z.array(z.object({ regions: z.array(z.string()), filters: z.array(z.string()) })),
  home: z.string(),
  regions: z.array(z.string()),
  repositories: z.array(
    z.object({
      agent: AgentName,
      name: z.string(),
      targets: z.array(
        z.object({
          region: z.string(),
          exists: z.boolean(),
          drift: z.array(SettingDrift),
          problem: z.string().optional(),
        }),
      ),
      images: z.array(
        z.object({
          digest: ImageDigest,
          tags: z.array(z.string()),
          pushedAt: Timestamp,
          running: z.boolean(),
          regions: z.array(
            z.object({ region: z.string(), state: z.enum(replicationStates), reason: z.string().optional() }),
          ),
        }),
      ),
    }),
  ),
  problems: z.array(z.string()),
});
export type Replication = z.infer<typeof Replication>;
