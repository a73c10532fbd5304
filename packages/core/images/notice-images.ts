import { keepTagPrefix } from "@samla/contracts";
import type { ImageState, NewEvent, SeenImages } from "../kernel/index.ts";
import { actorOf, type ImageContext } from "./context.ts";
import { readGate } from "./gate.ts";

const dayMs = 86_400_000;
/** A transaction of DynamoDB takes 100 writes; what is over this is told a minute later. */
const eventsMax = 50;
/** A row takes 400 kB; of more images than this, those pushed longest ago are no longer watched. */
const seenMax = 2000;
/** In place of tags: an image in quarantine. What comes and goes with that is told by whoever does it. */
const told = "in quarantine";

const tagsOf = (image: ImageState): string[] => image.tags.filter((tag) => !tag.startsWith(keepTagPrefix)).sort();
const named = (digest: string, tags: readonly string[]): string =>
  tags.length > 0 ? tags.join(", ") : digest.slice(0, 19);

const eventOf = (
  agent: string,
  digest: string,
  one: Pick<NewEvent, "action" | "summary"> & { data?: Record<string, unknown> },
): NewEvent => ({ outcome: "ok", agent, imageDigest: digest as NewEvent["imageDigest"], ...one });

/**
 * What became of a repository since it was last seen: images that came, that went, and whose tags changed. The registry
 * itself does not say who did it. `isMine`: digests whose changes SAMLA tells itself.
 */
export const findChanges = (
  agent: string,
  before: Readonly<Record<string, readonly string[]>> | undefined,
  images: readonly ImageState[],
  isMine: (digest: string) => boolean,
  nowMs: number,
): { digest: string; event?: NewEvent }[] => {
  const changes: { digest: string; event?: NewEvent }[] = [];
  const watched = images.toSorted((a, b) => Date.parse(a.pushedAt) - Date.parse(b.pushedAt)).slice(-seenMax);
  for (const image of watched) {
    const { digest } = image;
    const tags = tagsOf(image);
    const known = before?.[digest];
    const wasMine = known?.[0] === told;
    if (isMine(digest)) {
      if (!wasMine) changes.push({ digest });
    } else if (wasMine) changes.push({ digest });
    else if (!known) {
      // Of a repository that is seen for the first time, only what is fresh is news.
      const isNews = before !== undefined || nowMs - Date.parse(image.pushedAt) < dayMs;
      changes.push({
        digest,
        ...(isNews
          ? {
              event: eventOf(agent, digest, {
                action: "image.pushed",
                summary: `received the image ${named(digest, tags)} of ${agent}`,
                data: { tags, pushedAt: image.pushedAt, sizeBytes: image.sizeBytes },
              }),
            }
          : {}),
      });
    } else if (known.join() !== tags.join())
      changes.push({
        digest,
        event: eventOf(agent, digest, {
          action: "image.tagged",
          summary: `has an image of ${agent} with other tags: ${tags.join(", ") || "none"}; before: ${known.join(", ") || "none"}`,
          data: { before: known, after: tags },
        }),
      });
  }
  const present = new Set(images.map(({ digest }) => digest));
  const inView = new Set(watched.map(({ digest }) => digest));
  for (const [digest, tags] of Object.entries(before ?? {}))
    if (!inView.has(digest))
      changes.push({
        digest,
        ...(present.has(digest) || isMine(digest) || tags[0] === told
          ? {}
          : {
              event: eventOf(agent, digest, {
                action: "image.gone",
                summary: `no longer has the image ${named(digest, tags)} of ${agent}: a lifecycle rule took it, or somebody outside SAMLA`,
                data: { tags },
              }),
            }),
      });
  return changes;
};

/** ECR keeps no name of who pushed or removed an image; CloudTrail has the credentials, and the commit has its author. */
const registryActor = { kind: "machine", id: "registry", name: "The registry" } as const;

const withCommit = async (ctx: ImageContext, agent: string, event: NewEvent): Promise<NewEvent> => {
  if (event.action !== "image.pushed" || !event.imageDigest) return event;
  const parts = await ctx.registry.readParts(agent, event.imageDigest).catch(() => undefined);
  const commit = parts?.labels["org.opencontainers.image.revision"];
  if (commit === undefined) return event;
  return {
    ...event,
    summary: `${event.summary}, built of commit ${commit.slice(0, 12)}`,
    data: { ...event.data, commit },
  };
};

/** Tells the timeline what became of an agent's repository, and which waivers ran out. Each change is told once. */
export const noticeImages = async (ctx: ImageContext, agent: string): Promise<number> => {
  const [images, seen, quarantined] = await Promise.all([
    ctx.registry.listImages(agent),
    ctx.ledger.getSeen(agent),
    ctx.ledger.listQuarantined(agent),
  ]);
  const mine = new Set(quarantined.map(({ digest }) => digest));
  const changes = findChanges(agent, seen?.tags, images, (digest) => mine.has(digest), ctx.now()).slice(0, eventsMax);
  const expired = await tellExpired(ctx, agent);
  if (changes.length === 0) return expired;
  const tags: SeenImages["tags"] = { ...seen?.tags };
  for (const { digest } of changes) {
    const image = images.find((one) => one.digest === digest);
    if (image) tags[digest] = mine.has(digest) ? [told] : tagsOf(image);
    else delete tags[digest];
  }
  const kept = Object.entries(tags).slice(-seenMax);
  const events = await Promise.all(
    changes.flatMap(({ event }) => event ?? []).map((event) => withCommit(ctx, agent, event)),
  );
  const next = { tags: Object.fromEntries(kept), revision: (seen?.revision ?? 0) + 1 };
  return (await ctx.ledger.putSeen(agent, next, events, registryActor)) ? expired + events.length : expired;
};

/** A waiver that ran out since the last look, once: whoever answers for it should hear of it before the next release does. */
const tellExpired = async (ctx: ImageContext, agent: string): Promise<number> => {
  const gate = await readGate(ctx, agent);
  const one = gate.waivers.find(({ state, expiryTold }) => state === "expired" && !expiryTold);
  if (!one) return 0;
  const next = {
    ...gate,
    waivers: gate.waivers.map((waiver) => (waiver.id === one.id ? { ...waiver, expiryTold: true } : waiver)),
    revision: gate.revision + 1,
  };
  const event: NewEvent = {
    action: "image.waiver-expired",
    outcome: "failed",
    agent,
    summary: `let the waiver of ${one.findingId} for ${agent} run out; ${one.owner} answered for it, and the gate stops at it again`,
    data: { waiver: one },
  };
  return (await ctx.gates.putGate(next, event, actorOf(ctx))) ? 1 : 0;
};
