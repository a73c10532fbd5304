import { limits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { openWorld, ready } from "../documents/testing-journey.ts";
import { actorOf, type TestWorld } from "../testing.ts";
import { createTicket, listEvents, listQueues, redriveQueue, routeEvent } from "./index.ts";

const hide = (world: TestWorld): void => {
  const index = world.rows.indexes.get("library");
  if (index) world.rows.indexes.set("library", { ...index, readers: ["group:board"] });
};

describe("the timeline", () => {
  it("shows a caller nothing of an index that it may not read, nor of one that is gone", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "text");
    const as = (...roles: Parameters<typeof actorOf>) =>
      listEvents({ ...world.ctx, actor: actorOf(...roles) }, { limit: 50 });
    expect((await as("editor")).items.length).toBeGreaterThan(3);
    hide(world);
    expect((await as("editor")).items).toEqual([]);
    expect((await as("admin")).items.length).toBeGreaterThan(3);
    world.rows.indexes.delete("library");
    expect((await as("editor")).items).toEqual([]);
    await expect(as("reader")).rejects.toMatchObject({ code: "forbidden" });
  });

  it("is sent to the connections of those only who may see it, with the rights of their ticket", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "text");
    world.ctx.catalog.listConnections = async () => [
      { connectionId: "admin", id: "a", roles: ["admin"], groups: [] },
      { connectionId: "board", id: "b", roles: ["editor", "pirate"], groups: ["board"] },
      { connectionId: "other", id: "c", roles: ["editor"], groups: ["admin"] },
    ];
    hide(world);
    const routed = await routeEvent(world.ctx, world.rows.events);
    expect(routed.map((one) => one.connectionId)).toEqual(["admin", "board"]);
    expect(routed[0]?.events).toHaveLength(world.rows.events.length);
  });

  it("gives tickets that end soon and cannot be guessed", async () => {
    const world = await openWorld();
    const kept: [string, number][] = [];
    world.ctx.catalog.putTicket = async (ticket, _, until) => void kept.push([ticket, until]);
    const [a, b] = [await createTicket(world.ctx, "wss://s"), await createTicket(world.ctx, "wss://s")];
    expect(a.ticket).not.toBe(b.ticket);
    expect(a.ticket).toMatch(/^tkt_[0-9A-Za-z]{50,80}$/);
    expect(a.url).toBe(`wss://s?ticket=${a.ticket}`);
    expect(kept[0]).toEqual([a.ticket, world.clock.now / 1000 + limits.ticketTtlSeconds]);
    await expect(createTicket({ ...world.ctx, actor: actorOf("reader") }, "wss://s")).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("queues", () => {
  it("are seen by operators and redriven by administrators, which the timeline tells when something moved", async () => {
    const world = await openWorld();
    await expect(listQueues({ ...world.ctx, actor: actorOf("editor") })).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      redriveQueue({ ...world.ctx, actor: actorOf("operator") }, { queue: "process" }),
    ).rejects.toMatchObject({ code: "forbidden" });
    expect(await redriveQueue(world.ctx, { queue: "process" })).toEqual({ moved: 0 });
    expect(world.rows.events).toEqual([]);
    world.ctx.queues.redrive = async () => 2;
    await redriveQueue(world.ctx, { queue: "process" });
    expect(world.rows.events.map((event) => event.action)).toEqual(["queue.redriven"]);
  });
});
