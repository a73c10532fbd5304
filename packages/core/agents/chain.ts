import type { Chain, ChainNode, Release } from "@samla/contracts";
import { isFailure, requirePermission } from "../kernel/index.ts";
import { type AgentContext, liveReleaseOf, requireAgent, requireRelease } from "./context.ts";
import { getTask } from "./tasks.ts";

const findingsMax = 20;

const short = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 12);

const releaseNodes = async (ctx: AgentContext, release: Release, problems: string[]): Promise<ChainNode[]> => {
  const base = `/agents/${release.agent}`;
  const slug = release.config.settings.index;
  const nodes: ChainNode[] = [
    {
      kind: "release",
      id: release.id,
      title: `Release ${release.n}`,
      detail: release.verdict?.sentence ?? release.status,
      at: release.createdAt,
      href: `${base}/releases/${release.id}`,
    },
    {
      kind: "image",
      id: release.image.digest,
      title: release.image.tag ?? short(release.image.digest),
      detail: short(release.image.digest),
      ...(release.image.builtAt ? { at: release.image.builtAt } : {}),
      href: `/images/${release.agent}/${release.image.digest}`,
    },
  ];
  if (release.image.commit)
    nodes.push({
      kind: "commit",
      id: release.image.commit,
      title: release.image.commit.slice(0, 12),
      ...(release.image.source ? { detail: release.image.source } : {}),
      href: `/images/${release.agent}?q=${encodeURIComponent(release.image.commit)}`,
    });
  try {
    const gate = await ctx.images.gate(release.agent, release.image.digest);
    for (const one of gate.findings.slice(0, findingsMax))
      nodes.push({
        kind: "finding",
        id: one.id,
        title: one.id,
        detail: `${one.severity}: ${one.package} ${one.version}${one.fixedIn ? `, fixed in ${one.fixedIn}` : ""}`,
        href: `/images/findings/${one.id}`,
      });
  } catch (error) {
    problems.push(`Findings: ${isFailure(error) ? error.message : "the registry does not answer"}`);
  }
  if (typeof slug === "string" && slug)
    try {
      const index = await ctx.needs.findIndex(slug);
      if (index)
        nodes.push({
          kind: "build",
          id: index.buildId,
          title: `Live build of ${slug}`,
          detail: index.embedder,
          href: `/indexes/${slug}/builds/${index.buildId}`,
        });
    } catch (error) {
      problems.push(`Index: ${isFailure(error) ? error.message : "it does not answer"}`);
    }
  return nodes;
};

/** From a task, a release or an image to everything it hangs on: each node with its page. */
export const chainOf = async (
  ctx: AgentContext,
  input: {
    agent: string;
    taskId?: string | undefined;
    releaseId?: string | undefined;
    digest?: string | undefined;
  },
): Promise<Chain> => {
  requirePermission(ctx, "agents.read");
  const agent = await requireAgent(ctx, input.agent);
  const problems: string[] = [];
  const nodes: ChainNode[] = [];
  let releaseId = input.releaseId;
  if (input.taskId) {
    const task = await getTask(ctx, { agent: input.agent, taskId: input.taskId });
    releaseId ??= task.releaseId;
    nodes.push({
      kind: "task",
      id: task.id,
      title: `Task ${task.id.slice(0, 8)}`,
      detail: task.sentence ?? task.state,
      ...(task.startedAt ? { at: task.startedAt } : {}),
      href: `/agents/${input.agent}/tasks/${task.id}`,
    });
  }
  if (!releaseId && input.digest) {
    const { items } = await ctx.agents.listReleases(input.agent, { limit: 200 });
    releaseId = items.find(({ image, executedAt }) => image.digest === input.digest && executedAt)?.id;
  }
  // An image that no release ever ran hangs together with none, the live one least of all.
  const otherwise = input.digest ? undefined : await liveReleaseOf(ctx, agent);
  const release = releaseId ? await requireRelease(ctx, input.agent, releaseId) : otherwise;
  if (release) nodes.push(...(await releaseNodes(ctx, release, problems)));
  return { nodes, problems };
};
