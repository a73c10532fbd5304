import { z } from "zod";
import { IndexSlug } from "./ids.ts";
import { agentNamePattern, agentNameRule, taskSizes } from "./plain/agents.ts";

export const AgentName = z.string().regex(agentNamePattern, agentNameRule);
export type AgentName = z.infer<typeof AgentName>;

export const agentSettingTypes = ["text", "long-text", "number", "switch", "choice", "list"] as const;
/** What the value names, so that a form can offer what there is. */
export const agentSettingKinds = ["index", "embedder", "address"] as const;

const SettingValue = z.union([z.string().max(20_000), z.number(), z.boolean(), z.array(z.string().max(500)).max(100)]);
export type AgentSettingValue = z.infer<typeof SettingValue>;

/** One setting of an agent: enough to draw its field and to check its value. */
export const AgentSetting = z.strictObject({
  title: z.string().min(1).max(80),
  description: z.string().max(500).optional(),
  type: z.enum(agentSettingTypes),
  kind: z.enum(agentSettingKinds).optional(),
  required: z.boolean().default(false),
  default: SettingValue.optional(),
  choices: z
    .array(z.strictObject({ value: z.string(), label: z.string() }))
    .min(1)
    .max(50)
    .optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});
export type AgentSetting = z.infer<typeof AgentSetting>;

const SettingName = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, "use a name such as `searchMode`");

/** `agents/<name>/agent.json`: what an agent is, what it takes to run it, and what it can be told. */
export const AgentManifest = z
  .strictObject({
    name: AgentName,
    title: z.string().min(1).max(80),
    description: z.string().min(1).max(500),
    version: z.string().regex(/^\d+\.\d+\.\d+$/, "use a version such as 1.0.0"),
    /** CPU units, 1024 a processor. */
    cpu: z.int(),
    memoryMb: z.int().positive(),
    port: z.int().min(1024).max(65_535).default(8080),
    health: z.strictObject({
      path: z.string().startsWith("/"),
      /** How long a healthy start may take. */
      startSeconds: z.int().min(1).max(300),
    }),
    scaling: z
      .strictObject({
        minTasks: z.int().min(0).max(100),
        maxTasks: z.int().min(1).max(100),
        cpuTargetPercent: z.int().min(10).max(90),
      })
      .refine(({ minTasks, maxTasks }) => minTasks <= maxTasks, "minTasks is above maxTasks"),
    /** Settings that name what must exist before the agent can work; an empty value needs nothing. */
    needs: z
      .strictObject({
        index: z.strictObject({ setting: SettingName }).optional(),
        embedder: z.strictObject({ setting: SettingName }).optional(),
        /** Client credentials of its own, in `SAMLA_CLIENT_SECRET`. */
        credentials: z.enum(["none", "optional", "required"]).default("none"),
      })
      .prefault({}),
    settings: z.record(SettingName, AgentSetting).default({}),
  })
  .refine(({ cpu, memoryMb }) => taskSizes[cpu]?.includes(memoryMb) ?? false, {
    path: ["memoryMb"],
    message: "Fargate has no task of this cpu and memory",
  })
  .refine(
    ({ needs, settings }) =>
      [needs.index, needs.embedder].every((need) => !need || Object.hasOwn(settings, need.setting)),
    { path: ["needs"], message: "names a setting that there is not" },
  );
export type AgentManifest = z.infer<typeof AgentManifest>;
/** An `agent.json` as written, before defaults. */
export type AgentManifestInput = z.input<typeof AgentManifest>;

const emptyText = z.literal("");
const shapeOf = (setting: AgentSetting): z.ZodType => {
  const { min, max } = setting;
  if (setting.type === "switch") return z.boolean();
  if (setting.type === "number")
    return z
      .number()
      .min(min ?? -Number.MAX_SAFE_INTEGER)
      .max(max ?? Number.MAX_SAFE_INTEGER);
  const text =
    setting.kind === "index" ? IndexSlug : setting.kind === "address" ? z.url({ protocol: /^https?$/ }) : z.string();
  if (setting.type === "list") return z.array(text).max(max ?? 100);
  if (setting.type === "choice") return z.enum((setting.choices ?? []).map(({ value }) => value));
  const bounded = z
    .string()
    .min(setting.required ? Math.max(1, min ?? 1) : (min ?? 0))
    .max(max ?? 20_000);
  return setting.kind && !setting.required ? z.union([emptyText, bounded.pipe(text)]) : bounded.pipe(text);
};

/**
 * The shape of an agent's settings as its manifest describes them: defaults filled in, unknown names refused. The
 * console checks its form by it before a change set is made, the agent checks what it was started with.
 */
export const agentSettingsShape = (manifest: AgentManifest): z.ZodObject =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(manifest.settings).map(([name, setting]) => {
        const shape = shapeOf(setting);
        if (setting.default !== undefined) return [name, shape.prefault(setting.default as never)];
        return [name, setting.required ? shape : shape.optional()];
      }),
    ),
  );

/**
 * Why an agent ended itself: code of its last log line (`{"level":"fatal","code":…}`) and exit code of its process.
 * From 64 on, as sysexits.h keeps the lower ones for others; below 126, where shells begin.
 */
export const agentFatalCodes = {
  missing_variable: { exitCode: 64, title: "A variable it needs is not set" },
  bad_configuration: { exitCode: 65, title: "Its settings are not valid" },
  index_unreachable: { exitCode: 66, title: "An index it needs is not there, or may not be read by it" },
  embedder_missing: { exitCode: 67, title: "An embedder it needs is not offered" },
  access_denied: { exitCode: 68, title: "Its credentials were refused" },
  api_unreachable: { exitCode: 69, title: "The API does not answer" },
  port_in_use: { exitCode: 70, title: "Its port could not be opened" },
  internal: { exitCode: 71, title: "It failed by itself" },
} as const satisfies Record<string, { exitCode: number; title: string }>;
export type AgentFatalCode = keyof typeof agentFatalCodes;

/** The agent's fatal code behind an exit code; undefined for exit codes that are not the kit's. */
export const agentFatalCodeOf = (exitCode: number): AgentFatalCode | undefined =>
  (Object.keys(agentFatalCodes) as AgentFatalCode[]).find((code) => agentFatalCodes[code].exitCode === exitCode);

/** The last line of an agent that ended itself. */
export const AgentFatalLine = z.looseObject({
  level: z.literal("fatal"),
  code: z.enum(Object.keys(agentFatalCodes) as [AgentFatalCode, ...AgentFatalCode[]]),
  message: z.string(),
  nextStep: z.string().optional(),
});
export type AgentFatalLine = z.infer<typeof AgentFatalLine>;
