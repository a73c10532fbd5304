import {
  type ImageItem,
  type ImagePage,
  imageLimits,
  keepTagPrefix,
  type ListImagesQuery,
  type Quarantine,
  type RepositoryItem,
  type RepositoryList,
  type SeverityCounts,
} from "@samla/contracts";
import type { z } from "zod";
import {
  Failure,
  type ImageState,
  notFound,
  type QuarantinedImage,
  type RepositoryState,
  requirePermission,
} from "../kernel/index.ts";
import { attempt, type ImageContext, requireRepository } from "./context.ts";
import { countFindings, judgeFindings, readGate } from "./gate.ts";
import { readUses, type Uses } from "./uses.ts";

const noUses: Uses = { of: () => ({ runs: [], releases: [], protectedBy: [] }), digests: [] };

/** Labels of an image as its line shows them. A registry that does not give them costs the line no more than these. */
const labelsOf = async (ctx: ImageContext, agent: string, image: ImageState) => {
  const parts = await ctx.registry.readParts(agent, image.digest).catch(() => undefined);
  const label = (name: string): string | undefined => parts?.labels[`org.opencontainers.image.${name}`];
  const [commit, source, version, builtAt] = [label("revision"), label("source"), label("version"), parts?.builtAt];
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(source === undefined ? {} : { source }),
    ...(version === undefined ? {} : { version }),
    ...(builtAt === undefined ? {} : { builtAt }),
  };
};

/** An image as lists and pages show it. */
export const imageItem = async (
  ctx: ImageContext,
  agent: string,
  image: ImageState,
  uses: Uses,
  quarantined?: QuarantinedImage,
): Promise<ImageItem> => ({
  agent,
  digest: image.digest,
  tags: image.tags.filter((tag) => !tag.startsWith(keepTagPrefix)),
  sizeBytes: image.sizeBytes,
  pushedAt: image.pushedAt,
  ...(image.pulledAt === undefined ? {} : { pulledAt: image.pulledAt }),
  mediaType: image.mediaType,
  scan: image.scan,
  ...(await labelsOf(ctx, agent, image)),
  ...uses.of(image.digest),
  ...(quarantined ? { quarantine: quarantineOf(quarantined) } : {}),
});

const quarantineOf = ({ by, at, reason, purgeAt, tags }: QuarantinedImage): Quarantine => ({
  by,
  at,
  reason,
  purgeAt,
  tags,
});

/** Images of a repository and what uses them, newest first; apart those that were deleted. What cannot be read is named in `problems`. */
export const readRepository = async (ctx: ImageContext, agent: string) => {
  const problems: string[] = [];
  const [gate, all, records] = await Promise.all([
    readGate(ctx, agent),
    ctx.registry.listImages(agent),
    ctx.ledger.listQuarantined(agent),
  ]);
  const uses = await attempt(problems, "Agents", noUses, () => readUses(ctx, agent, gate.keepReleases));
  all.sort((a, b) => Date.parse(b.pushedAt) - Date.parse(a.pushedAt) || (a.digest < b.digest ? -1 : 1));
  const quarantine = new Map(records.map((record) => [record.digest, record]));
  return {
    gate,
    images: all.filter(({ digest }) => !quarantine.has(digest)),
    quarantined: all.filter(({ digest }) => quarantine.has(digest)),
    quarantine,
    uses,
    problems,
  };
};

const tagOf = (image: ImageState | undefined): string | undefined =>
  image?.tags.find((tag) => !tag.startsWith(keepTagPrefix));

const repositoryItem = async (
  ctx: ImageContext,
  state: RepositoryState,
  problems: string[],
): Promise<RepositoryItem> => {
  const { agent } = state;
  const { gate, images, quarantined, uses, problems: mine } = await readRepository(ctx, agent);
  problems.push(...mine);
  const byDigest = new Map(images.map((image) => [image.digest, image]));
  const running = uses.digests
    .map((digest) => ({ digest, tag: tagOf(byDigest.get(digest)), tasks: uses.of(digest).runs.length }))
    .filter(({ tasks }) => tasks > 0);
  const findings = await attempt(problems, "Scans", [], async () => {
    const scanned = running.filter(({ digest }) => byDigest.get(digest)?.scan.state === "complete");
    const raw = await Promise.all(scanned.map(({ digest }) => ctx.registry.listFindings(agent, digest)));
    return [...new Map(raw.flat().map((one) => [`${one.id} ${one.package}`, one])).values()];
  });
  const judged = judgeFindings(findings, gate);
  const soonMs = ctx.now() + imageLimits.waiverSoonDays * 86_400_000;
  const active = gate.waivers.filter(({ state: one }) => one === "active");
  const policy = await attempt(problems, "Registry", undefined, () => ctx.registry.getLifecyclePolicy(agent));
  const [newest] = images;
  return {
    ...state,
    images: images.length,
    sizeBytes: images.reduce((sum, image) => sum + image.sizeBytes, 0),
    ...(newest ? { newest: { digest: newest.digest, tag: tagOf(newest), pushedAt: newest.pushedAt } } : {}),
    running,
    runningFindings: countFindings(judged) satisfies SeverityCounts,
    threshold: gate.threshold,
    activeWaivers: active.length,
    endingWaivers: active.filter(({ until }) => Date.parse(until) <= soonMs).length,
    reopened: new Set(judged.flatMap(({ id, reopened }) => (reopened ? id : []))).size,
    quarantined: quarantined.length,
    hasLifecycle: policy !== undefined,
  };
};

/** Repositories of the stage's agents. */
export const listRepositories = async (ctx: ImageContext): Promise<RepositoryList> => {
  requirePermission(ctx, "agents.read");
  const problems: string[] = [];
  const states = await ctx.registry.listRepositories();
  const mine = states.filter(({ agent }) => ctx.platform.names.includes(agent));
  const items = await Promise.all(mine.map((state) => repositoryItem(ctx, state, problems)));
  return { items: items.sort((a, b) => (a.agent < b.agent ? -1 : 1)), problems };
};

/** One repository. Throws `not_found`. */
export const getRepository = async (ctx: ImageContext, input: { agent: string }): Promise<RepositoryItem> => {
  requirePermission(ctx, "agents.read");
  requireRepository(ctx, input.agent);
  const state = (await ctx.registry.listRepositories()).find(({ agent }) => agent === input.agent);
  if (!state) throw notFound("repository", input.agent);
  return repositoryItem(ctx, state, []);
};

/** Images of a repository, newest first, by pages. Throws `not_found`, `invalid_cursor`. */
export const listImages = async (
  ctx: ImageContext,
  input: { agent: string } & z.output<typeof ListImagesQuery>,
): Promise<ImagePage> => {
  requirePermission(ctx, "agents.read");
  requireRepository(ctx, input.agent);
  const { images, quarantined, quarantine, uses, problems } = await readRepository(ctx, input.agent);
  const fits: Record<typeof input.show, (image: ImageState) => boolean> = {
    all: () => true,
    quarantined: () => true,
    tagged: (image) => tagOf(image) !== undefined,
    untagged: (image) => tagOf(image) === undefined,
    running: (image) => uses.of(image.digest).runs.length > 0,
    unprotected: (image) => uses.of(image.digest).protectedBy.length === 0,
  };
  const needle = input.q?.trim().toLowerCase();
  let found = (input.show === "quarantined" ? quarantined : images).filter(fits[input.show]);
  if (needle) {
    const items = await Promise.all(
      found.map(async (image) => ({ image, ...(await labelsOf(ctx, input.agent, image)) })),
    );
    found = items
      .filter(({ image, commit }) =>
        [...image.tags, ...(quarantine.get(image.digest)?.tags ?? []), image.digest, commit ?? ""].some((text) =>
          text.toLowerCase().includes(needle),
        ),
      )
      .map(({ image }) => image);
  }
  const from = input.cursor === undefined ? 0 : found.findIndex(({ digest }) => digest === input.cursor) + 1;
  if (input.cursor !== undefined && from === 0)
    throw new Failure("invalid_cursor", "The list has changed since this page was read.", {
      nextStep: "Read it from the beginning.",
    });
  const page = found.slice(from, from + input.limit);
  const last = page.at(-1);
  return {
    items: await Promise.all(
      page.map((image) => imageItem(ctx, input.agent, image, uses, quarantine.get(image.digest))),
    ),
    ...(found.length > from + input.limit && last ? { nextCursor: last.digest } : {}),
    total: found.length,
    problems,
  };
};
