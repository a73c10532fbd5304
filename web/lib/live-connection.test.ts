import type { TimelineEvent } from "@samla/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveConnection, type LiveSocket, reconnectDelayMs } from "./live-connection.ts";

const eventOf = (n: number): TimelineEvent =>
  ({
    id: `evt_01J${String(n).padStart(23, "0")}`,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "person", id: "ada", name: "Ada" },
    action: "document.created",
    outcome: "ok",
    summary: "began",
  }) as TimelineEvent;

const makeWorld = () => {
  const sockets: (LiveSocket & { sent: string[]; closed: boolean })[] = [];
  const happened: TimelineEvent[] = [];
  const got: number[] = [];
  const states: string[] = [];
  const world = { sockets, happened, got, states, tickets: 0, refuseTickets: false };
  const connection = new LiveConnection(
    {
      askTicket: async () => {
        world.tickets += 1;
        if (world.refuseTickets) throw new Error("offline");
        return { url: `wss://x/?ticket=${world.tickets}` };
      },
      openSocket: () => {
        const socket = {
          sent: [] as string[],
          closed: false,
          send: (text: string) => void socket.sent.push(text),
          close: () => {
            socket.closed = true;
          },
          onopen: null as LiveSocket["onopen"],
          onmessage: null as LiveSocket["onmessage"],
          onclose: null as LiveSocket["onclose"],
        };
        sockets.push(socket);
        return socket;
      },
      listAfter: async (id, cursor) => {
        const all = happened.filter((event) => event.id > id);
        const start = Number(cursor ?? 0);
        const items = all.slice(start, start + 2);
        return { items, ...(start + 2 < all.length ? { nextCursor: String(start + 2) } : {}) };
      },
      now: () => Date.now(),
      random: () => 0,
    },
    (events) => got.push(...events.map((event) => Number(event.id.slice(7)))),
    (state) => states.push(state.kind),
  );
  const open = async () => {
    await vi.waitFor(() => expect(sockets.at(-1)?.onopen).toBeTruthy());
    sockets.at(-1)?.onopen?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  const push = (n: number) => {
    happened.push(eventOf(n));
    sockets.at(-1)?.onmessage?.({ data: JSON.stringify({ type: "event", event: eventOf(n) }) });
  };
  return { world, connection, open, push };
};

describe("the live timeline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fills the gap between what is known and what arrives, over several pages, each event once", async () => {
    const { world, connection, open, push } = makeWorld();
    for (const n of [1, 2, 3, 4, 5, 6]) world.happened.push(eventOf(n));
    connection.seed(eventOf(1).id);
    connection.start();
    await open();
    push(7);
    push(7);
    expect(world.got.toSorted()).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it("after a break it comes back by itself and misses nothing", async () => {
    const { world, connection, open, push } = makeWorld();
    connection.seed(eventOf(1).id);
    connection.start();
    await open();
    push(2);
    world.sockets[0]?.onclose?.();
    expect(world.states.at(-1)).toBe("waiting");
    for (const n of [3, 4, 5]) world.happened.push(eventOf(n));
    await vi.advanceTimersByTimeAsync(1000);
    await open();
    expect(world.got).toEqual([2, 3, 4, 5]);
    expect(world.tickets).toBe(2);
  });

  it("waits longer each time while the server is away, and starts over after a success", async () => {
    const { world, connection, open } = makeWorld();
    world.refuseTickets = true;
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(1999);
    expect(world.tickets).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.tickets).toBe(3);
    world.refuseTickets = false;
    connection.retryNow();
    await open();
    world.sockets.at(-1)?.onclose?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.tickets).toBe(5);
  });

  it("a connection that no longer answers pings is replaced", async () => {
    const { world, connection, open } = makeWorld();
    connection.start();
    await open();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(world.sockets[0]?.sent).toEqual(['{"action":"ping"}']);
    world.sockets[0]?.onmessage?.({ data: '{"type":"pong"}' });
    await vi.advanceTimersByTimeAsync(44_000);
    expect(world.states.at(-1)).toBe("live");
    await vi.advanceTimersByTimeAsync(17_000);
    expect(world.states).toContain("waiting");
    expect(world.sockets[0]?.closed).toBe(true);
  });

  it("what arrives after stopping is not delivered, and nothing reconnects", async () => {
    const { world, connection, open, push } = makeWorld();
    connection.start();
    await open();
    connection.stop();
    push(2);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.got).toEqual([]);
    expect(world.tickets).toBe(1);
  });

  it("bytes that are no event are left alone", async () => {
    const { world, connection, open } = makeWorld();
    connection.start();
    await open();
    for (const data of ["not json", '{"type":"event","event":{}}', 7]) world.sockets[0]?.onmessage?.({ data });
    expect(world.got).toEqual([]);
    expect(world.states.at(-1)).toBe("live");
  });

  it("what is known may be said after the connection stands", async () => {
    const { world, connection, open } = makeWorld();
    world.happened.push(eventOf(1), eventOf(2));
    connection.start();
    await open();
    connection.seed(eventOf(1).id);
    await vi.advanceTimersByTimeAsync(0);
    expect(world.got).toEqual([2]);
  });
});

describe("the wait before reconnecting", () => {
  it.each([
    [1, 0, 1000],
    [2, 0, 2000],
    [6, 0, 30_000],
    [50, 0, 30_000],
    [1, 1, 667],
  ])("after %d failures with chance %d: %d ms", (failures, random, expected) =>
    expect(reconnectDelayMs(failures, random)).toBe(expected),
  );
});
