import { keepTagPrefix, type Replication, type replicationStates, type SettingDrift } from "@samla/contracts";
import { isFailure, requirePermission } from "../kernel/index.ts";
import { attempt, type ImageContext } from "./context.ts";
import { readRepository } from "./list-images.ts";

const imagesMax = 50;

const stateOf = (status: string | undefined): (typeof replicationStates)[number] =>
  status === undefined ? "absent" : status === "COMPLETE" ? "complete" : status === "FAILED" ? "failed" : "running";

const covers = (filters: readonly string[], name: string): boolean =>
  filters.length === 0 || filters.some((prefix) => name.startsWith(prefix));

const countRules = (policy: string): string => {
  if (policy === "none") return policy;
  const { rules } = JSON.parse(policy) as { rules: unknown[] };
  return rules.length === 1 ? "1 rule" : `${rules.length} rules`;
};

/** Policies differ in a long text; how many rules each has is what people can compare. */
const inWords = (one: SettingDrift): SettingDrift => {
  if (one.setting !== "lifecycle policy") return one;
  const [here, there] = [countRules(one.here), countRules(one.there)];
  return { ...one, here, there: here === there ? `other ${there}` : there };
};

/** Which images are in which region, and how the repositories there differ from those here. */
export const getReplication = async (ctx: ImageContext): Promise<Replication> => {
  requirePermission(ctx, "agents.read");
  const problems: string[] = [];
  const [{ home, rules }, states] = await Promise.all([
    ctx.registry.readReplication(),
    ctx.registry.listRepositories(),
  ]);
  const regions = [...new Set(rules.flatMap((rule) => rule.regions))].sort();
  const repositories = await Promise.all(
    states
      .filter(({ agent }) => ctx.platform.names.includes(agent))
      .map(async ({ agent, name }) => {
        const mine = regions.filter((region) =>
          rules.some((rule) => rule.regions.includes(region) && covers(rule.filters, name)),
        );
        const here = await ctx.registry.settingsIn(undefined, agent);
        const targets = await Promise.all(
          mine.map(async (region) => {
            try {
              const there = await ctx.registry.settingsIn(region, agent);
              const names = [...new Set([...Object.keys(here ?? {}), ...Object.keys(there ?? {})])].sort();
              const drift = there
                ? names
                    .map((setting) => ({ setting, here: here?.[setting] ?? "none", there: there[setting] ?? "none" }))
                    .filter((one) => one.here !== one.there)
                    .map(inWords)
                : [];
              return { region, exists: there !== undefined, drift };
            } catch (error) {
              const problem = isFailure(error) ? error.message : "The region does not answer.";
              return { region, exists: false, drift: [], problem };
            }
          }),
        );
        const { images, uses, problems: more } = await readRepository(ctx, agent);
        problems.push(...more);
        return {
          agent,
          name,
          targets,
          images: await Promise.all(
            images.slice(0, imagesMax).map(async (image) => {
              const statuses =
                mine.length === 0
                  ? []
                  : await attempt(problems, "Replication", [], () => ctx.registry.replicationOf(agent, image.digest));
              return {
                digest: image.digest,
                tags: image.tags.filter((tag) => !tag.startsWith(keepTagPrefix)),
                pushedAt: image.pushedAt,
                running: uses.of(image.digest).runs.length > 0,
                regions: mine.map((region) => {
                  const status = statuses.find((one) => one.region === region);
                  return {
                    region,
                    state: stateOf(status?.status),
                    ...(status?.reason === undefined ? {} : { reason: status.reason }),
                  };
                }),
              };
            }),
          ),
        };
      }),
  );
  return { rules, home, regions, repositories, problems };
};
