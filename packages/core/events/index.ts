import {
  type EventTicket,
  type ListEventsQuery,
  limits,
  type QueueList,
  rolePermissions,
  type TimelineEvent,
} from "@samla/contracts";
import type { z } from "zod";
import { requireIndex } from "../documents/access.ts";
import {
  type Actor,
  type Context,
  mayRead,
  type Page,
  requirePermission,
  type StorageContext,
} from "../kernel/index.ts";

type Seen = ReadonlyMap<string, { readers: readonly string[]; createdAt: string }>;

/**
 * True when the actor may see the event: it must be able to read the index it is about. Events of a former index of the
 * same name belong to administrators: whoever may read the new one need not have been allowed to read that.
 */
const maySee = (
  actor: Pick<Actor, "kind" | "roles" | "id" | "groups">,
  indexes: Seen,
  event: TimelineEvent,
): boolean => {
  if (!event.index) return true;
  const index = indexes.get(event.index);
  if (!index || event.at < index.createdAt) return actor.roles.includes("admin");
  return mayRead({ ...actor, name: "" }, index.readers);
};

const readersOf = async (ctx: Pick<Context, "catalog">): Promise<Seen> =>
  new Map((await ctx.catalog.listIndexes()).map((index) => [index.slug as string, index]));

/** One page of the timeline, without events of indexes the actor may not read. */
export const listEvents = async (ctx: Context, input: ListEventsQuery): Promise<Page<TimelineEvent>> => {
  requirePermission(ctx, "events.read");
  if (input.index) await requireIndex(ctx, input.index, "events.read");
  const [page, readers] = await Promise.all([ctx.catalog.listEvents(input), readersOf(ctx)]);
  return { ...page, items: page.items.filter((event) => maySee(ctx.actor, readers, event)) };
};

/** A one-time ticket for the live timeline; it carries the actor's rights of this moment. */
export const createTicket = async (ctx: Context, socketUrl: string): Promise<z.infer<typeof EventTicket>> => {
  requirePermission(ctx, "events.read");
  const ticket = ctx.newId("tkt") + crypto.randomUUID().replaceAll("-", "");
  const expiresAtMs = ctx.now() + limits.ticketTtlSeconds * 1000;
  await ctx.catalog.putTicket(
    ticket,
    { kind: ctx.actor.kind, id: ctx.actor.id, name: ctx.actor.name, roles: ctx.actor.roles, groups: ctx.actor.groups },
    Math.ceil(expiresAtMs / 1000),
  );
  return { ticket, url: `${socketUrl}?ticket=${ticket}`, expiresAt: new Date(expiresAtMs).toISOString() };
};

/** Which connections an event goes to. */
export const routeEvent = async (
  ctx: Pick<Context, "catalog">,
  events: TimelineEvent[],
): Promise<{ connectionId: string; events: TimelineEvent[] }[]> => {
  const [connections, readers] = await Promise.all([ctx.catalog.listConnections(), readersOf(ctx)]);
  return connections
    .map(({ connectionId, ...holder }) => {
      const roles = holder.roles.filter((role): role is keyof typeof rolePermissions => role in rolePermissions);
      return {
        connectionId,
        events: events.filter((event) =>
          maySee({ kind: "person", id: holder.id, roles, groups: holder.groups }, readers, event),
        ),
      };
    })
    .filter((one) => one.events.length > 0);
};

/** What waits in the queues. */
export const listQueues = async (ctx: StorageContext): Promise<QueueList> => {
  requirePermission(ctx, "queues.read");
  return { items: await ctx.queues.states() };
};

/** Sends a queue's dead letters round again. */
export const redriveQueue = async (ctx: StorageContext, input: { queue: string }): Promise<{ moved: number }> => {
  requirePermission(ctx, "queues.redrive");
  const moved = await ctx.queues.redrive(input.queue);
  if (moved > 0)
    await ctx.catalog.appendEvent(
      {
        action: "queue.redriven",
        outcome: "ok",
        summary: `sent ${moved} dead ${moved === 1 ? "letter" : "letters"} of ${input.queue} round again`,
      },
      ctx.actor,
    );
  return { moved };
};
