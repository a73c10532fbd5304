import {
  type AllFindingsQuery,
  type FindingDetail,
  type FindingLine,
  type FindingList,
  type FindingUse,
  findingSeverities,
  keepTagPrefix,
} from "@samla/contracts";
import type { z } from "zod";
import { notFound, type RawFinding, requirePermission } from "../kernel/index.ts";
import { attempt, type ImageContext } from "./context.ts";
import { countFindings, judgeFindings, severityOf } from "./gate.ts";
import { readRepository } from "./list-images.ts";

type Found = { raw: RawFinding; use: FindingUse };

/** Findings of all images, or of those that run, with what uses each image. */
const collect = async (ctx: ImageContext, agents: readonly string[], show: "running" | "all") => {
  const problems: string[] = [];
  const unscanned: FindingList["unscanned"] = [];
  const found: Found[] = [];
  for (const agent of agents) {
    const repository = await attempt(problems, `Repository ${agent}`, undefined, () =>
      readRepository(ctx, agent),
    ).catch(() => undefined);
    if (!repository) continue;
    problems.push(...repository.problems);
    for (const image of repository.images) {
      const uses = repository.uses.of(image.digest);
      const isRunning = uses.runs.length > 0;
      if (show === "running" && !isRunning) continue;
      if (image.scan.state !== "complete") {
        if (isRunning) unscanned.push({ agent, digest: image.digest, state: image.scan.state });
        continue;
      }
      const raw = await attempt(problems, `Scan of ${image.digest.slice(0, 19)}`, [], () =>
        ctx.registry.listFindings(agent, image.digest),
      );
      for (const [i, one] of judgeFindings(raw, repository.gate).entries())
        found.push({
          raw: raw[i] ?? { ...one },
          use: {
            agent,
            digest: image.digest,
            tags: image.tags.filter((tag) => !tag.startsWith(keepTagPrefix)),
            package: one.package,
            version: one.version,
            ...(one.fixedIn === undefined ? {} : { fixedIn: one.fixedIn }),
            ...(one.waiver ? { waiver: one.waiver } : {}),
            runs: uses.runs,
            releases: uses.releases,
          },
        });
    }
  }
  return { found, unscanned, problems };
};

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

const lineOf = (id: string, of: readonly Found[]): FindingLine => {
  const [first] = of;
  const fixedIn = of.find(({ raw }) => raw.fixedIn !== undefined)?.raw.fixedIn;
  return {
    id,
    severity: severityOf(first?.raw.severity ?? ""),
    title: first?.raw.title ?? id,
    packages: unique(of.map(({ use }) => use.package)),
    ...(fixedIn === undefined ? {} : { fixedIn }),
    images: unique(of.map(({ use }) => use.digest)).length,
    tasks: unique(of.flatMap(({ use }) => use.runs.map(({ taskId }) => taskId))).length,
    agents: unique(of.map(({ use }) => use.agent)),
    waived: of.every(({ use }) => use.waiver !== undefined),
  };
};

/** Findings over all repositories, worst first, with how many tasks each touches. */
export const listFindings = async (
  ctx: ImageContext,
  input: z.output<typeof AllFindingsQuery>,
): Promise<FindingList> => {
  requirePermission(ctx, "agents.read");
  const agents = ctx.platform.names.filter((name) => input.agent === undefined || name === input.agent);
  const { found, unscanned, problems } = await collect(ctx, agents, input.show);
  const needle = input.q?.trim().toLowerCase() ?? "";
  const byId = Map.groupBy(found, ({ raw }) => raw.id);
  const lines = [...byId]
    .map(([id, of]) => lineOf(id, of))
    .filter(({ id, title, packages }) => [id, title, ...packages].some((text) => text.toLowerCase().includes(needle)));
  return {
    items: lines
      .filter(({ severity }) => input.severity === undefined || severity === input.severity)
      .sort(
        (a, b) =>
          findingSeverities.indexOf(a.severity) - findingSeverities.indexOf(b.severity) ||
          b.tasks - a.tasks ||
          (a.id < b.id ? -1 : 1),
      ),
    counts: countFindings(lines),
    unscanned,
    problems,
  };
};

/** One finding with every image, task and release it touches. Throws `not_found`. */
export const getFinding = async (ctx: ImageContext, input: { findingId: string }): Promise<FindingDetail> => {
  requirePermission(ctx, "agents.read");
  const { found, problems } = await collect(ctx, ctx.platform.names, "all");
  const mine = found.filter(({ raw }) => raw.id === input.findingId);
  const [first] = mine;
  if (!first) throw notFound("finding", input.findingId);
  const { description, url, score } = first.raw;
  return {
    ...lineOf(input.findingId, mine),
    ...(description === undefined ? {} : { description }),
    ...(url === undefined ? {} : { url }),
    ...(score === undefined ? {} : { score }),
    uses: mine.map(({ use }) => use).sort((a, b) => b.runs.length - a.runs.length),
    problems,
  };
};
