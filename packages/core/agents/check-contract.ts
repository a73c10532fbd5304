import { AgentManifest, agentSettingsShape, type ContractCheck, type ReleaseConfig } from "@samla/contracts";
import { isFailure } from "../kernel/index.ts";
import type { AgentContext } from "./context.ts";

type Item = ContractCheck["items"][number];

const passed = (item: Omit<Item, "passed" | "unknown">): Item => ({ ...item, passed: true, unknown: false });
const failed = (item: Omit<Item, "passed" | "unknown">): Item => ({ ...item, passed: false, unknown: false });
/** What could not be asked holds nothing back: an operator must be able to release while search is down. */
const unknown = (item: Omit<Item, "passed" | "unknown">, error: unknown): Item => ({
  ...item,
  passed: true,
  unknown: true,
  message: `It could not be asked whether ${item.name} is there: ${isFailure(error) ? error.message : "no answer"}`,
});

const namesIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");

/**
 * Whether what the agent needs is there: settings that fit its manifest, the index, the embedder, its credentials. Each
 * failure names the exact field. An image without a manifest is foreign: nothing is known of its needs, and it passes.
 */
export const checkContract = async (
  ctx: Pick<AgentContext, "needs">,
  { manifest: raw, config }: { manifest: unknown; config: ReleaseConfig },
): Promise<ContractCheck> => {
  if (raw === undefined)
    return {
      passed: true,
      items: [
        {
          ...passed({
            need: "manifest",
            field: "image",
            name: "agent.json",
            message: "The image says nothing of what it needs: it has no com.samla.agent label.",
          }),
          unknown: true,
        },
      ],
    };
  const parsed = AgentManifest.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      passed: false,
      items: [
        failed({
          need: "manifest",
          field: "image",
          name: "agent.json",
          message: `The image's agent.json is not valid: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
          nextStep: "Correct agent.json and build the image again.",
        }),
      ],
    };
  }
  const manifest = parsed.data;
  const settings = agentSettingsShape(manifest).safeParse(config.settings);
  const items: Item[] = settings.success
    ? []
    : settings.error.issues.map((issue) => {
        const field = ["settings", ...issue.path].join(".");
        return failed({
          need: "setting",
          field,
          name: issue.path.join(".") || "settings",
          message: `${field}: ${issue.message}`,
          nextStep: "Correct this setting.",
        });
      });
  const values = (settings.success ? settings.data : config.settings) as Record<string, unknown>;
  const { index, embedder, credentials } = manifest.needs;
  if (index)
    for (const name of namesIn(values[index.setting])) {
      const item = { need: "index" as const, field: `settings.${index.setting}`, name };
      try {
        const found = await ctx.needs.findIndex(name);
        items.push(
          found
            ? passed({ ...item, message: `The index ${name} is there; its live build is ${found.buildId}.` })
            : failed({
                ...item,
                message: `There is no index ${name}, or you may not read it.`,
                nextStep: "Create the index, or name another one.",
              }),
        );
      } catch (error) {
        items.push(unknown({ ...item, message: "" }, error));
      }
    }
  if (embedder)
    for (const name of namesIn(values[embedder.setting])) {
      const item = { need: "embedder" as const, field: `settings.${embedder.setting}`, name };
      try {
        const offered = await ctx.needs.listEmbedders();
        items.push(
          offered.includes(name)
            ? passed({ ...item, message: `The embedder ${name} is offered.` })
            : failed({
                ...item,
                message: `The embedder ${name} is not offered; there are ${offered.join(", ") || "none"}.`,
                nextStep: "Choose an embedder that is offered.",
              }),
        );
      } catch (error) {
        items.push(unknown({ ...item, message: "" }, error));
      }
    }
  if (credentials === "required")
    items.push(
      config.secretArn
        ? passed({ need: "secret", field: "secretArn", name: config.secretArn, message: "Its credentials are named." })
        : failed({
            need: "secret",
            field: "secretArn",
            name: "credentials",
            message: `${manifest.title} signs in by itself and needs credentials of its own.`,
            nextStep: "Name the secret that holds its client id and secret.",
          }),
    );
  return { passed: items.every((item) => item.passed), items };
};
