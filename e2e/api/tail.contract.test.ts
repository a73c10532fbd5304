import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Role, TailMessage, tailLimits } from "../../packages/contracts/index.ts";
import { type Backend, patient, startBackend } from "./backend.ts";

const agent = "answer";
const group = `/samla/laptop/agents/${agent}`;
const tasks = ["a".repeat(32), "b".repeat(32)] as const;
type Line = { id: string; text: string };

let backend: Backend;
let logs: CloudWatchLogsClient;
beforeAll(async () => {
  backend = await startBackend();
  const { region, awsUrl: endpoint, credentials } = backend.settings;
  logs = new CloudWatchLogsClient({ region, endpoint, credentials });
  await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
  for (const task of tasks)
    await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: `agent/agent/${task}` }));
});
afterAll(() => backend?.close());

const write = (texts: string[], task: string = tasks[0], atMs = Date.now()): Promise<unknown> =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName: group,
      logStreamName: `agent/agent/${task}`,
      logEvents: texts.map((message) => ({ timestamp: atMs, message })),
    }),
  );

/** A browser's connection, and what it was sent. */
const connect = async (role: Role) => {
  const { url } = await backend.as(role).call("events.ticket");
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const got: TailMessage[] = [];
  socket.addEventListener("message", ({ data }) => {
    const message = TailMessage.safeParse(JSON.parse(String(data)));
    if (message.success) got.push(message.data);
  });
  const of = (id: string, turn?: number) => got.filter((one) => one.id === id && (!turn || one.turn === turn));
  const linesOf = (id: string, turn?: number): Line[] =>
    of(id, turn).flatMap((one) => (one.type === "tail.lines" ? one.lines : []));
  return {
    socket,
    of,
    linesOf,
    textsOf: (id: string, turn?: number) => linesOf(id, turn).map(({ text }) => text),
    send: (message: object) => socket.send(JSON.stringify(message)),
    start: async (id: string, turn: number, more: object = {}) => {
      socket.send(JSON.stringify({ action: "tail.start", id, turn, agent, ...more }));
      await expect.poll(() => of(id, turn).length, patient).toBeGreaterThan(0);
    },
    afterOf: (id: string) => {
      const last = of(id).findLast((one) => one.type !== "tail.end");
      return last?.type === "tail.live" || last?.type === "tail.lines" ? last.after : undefined;
    },
  };
};

describe("the live tail over the WebSocket", () => {
  it("sends each connection and each tail the lines that it asked for, as they are written", async () => {
    const one = await connect("operator");
    const other = await connect("admin");
    await one.start("t1", 1);
    await one.start("t2", 1, { taskId: tasks[1] });
    await other.start("t1", 1, { q: "needle" });
    await write(["first"]);
    await write(["second with a needle"], tasks[1]);
    await expect.poll(() => one.textsOf("t1"), patient).toEqual(["first", "second with a needle"]);
    await expect.poll(() => one.textsOf("t2"), patient).toEqual(["second with a needle"]);
    await expect.poll(() => other.textsOf("t1"), patient).toEqual(["second with a needle"]);
    one.socket.close();
    other.socket.close();
  });

  it("goes on after a lost connection where it was, with every line and none of them as another one", async () => {
    const before = await connect("operator");
    await before.start("t1", 1);
    await write(["seen before the break"]);
    await expect.poll(() => before.textsOf("t1"), patient).toContain("seen before the break");
    const after = before.afterOf("t1");
    before.socket.close();
    await write(["written while nobody listened"]);
    const again = await connect("operator");
    await again.start("t1", 1, { after });
    await write(["written afterwards"]);
    await expect.poll(() => again.textsOf("t1"), patient).toContain("written afterwards");
    const all = [...before.linesOf("t1"), ...again.linesOf("t1")];
    const once = new Map(all.map(({ id, text }) => [id, text]));
    const texts = [...once.values()];
    for (const text of ["seen before the break", "written while nobody listened", "written afterwards"])
      expect(texts.filter((one) => one === text)).toHaveLength(1);
    again.socket.close();
  });

  it("shows the newest lines of a flood and says exactly how many it left out", async () => {
    const { start, of, linesOf, textsOf, socket } = await connect("operator");
    await start("t1", 1, { q: "flood" });
    const atMs = Date.now();
    const total = 9_000;
    await write(
      Array.from({ length: total }, (_, n) => `flood ${n}`),
      tasks[0],
      atMs,
    );
    await expect.poll(() => textsOf("t1"), patient).toContain(`flood ${total - 1}`);
    const skipped = of("t1").reduce((sum, one) => sum + (one.type === "tail.lines" ? one.skipped : 0), 0);
    expect(skipped + linesOf("t1").length).toBe(total);
    expect(linesOf("t1").length).toBeLessThanOrEqual(2 * tailLimits.linesMax);
    socket.close();
  });

  it("ends when it is stopped, and gives way to a later turn of the same tail", async () => {
    const { start, send, of, textsOf, socket } = await connect("operator");
    await start("t1", 1);
    await start("t1", 2);
    await start("t2", 1);
    await write(["for the later turn"]);
    await expect.poll(() => textsOf("t1", 2), patient).toContain("for the later turn");
    send({ action: "tail.stop", id: "t1" });
    await write(["probe"]);
    await expect.poll(() => textsOf("t2"), patient).toContain("probe");
    // The tail's own run looks each second whether it is still wanted: what is written two lines later never comes.
    await expect
      .poll(async () => {
        const seen = textsOf("t1").length;
        await write([`after the stop ${Date.now()}`]);
        const wanted = textsOf("t2").length;
        await expect.poll(() => textsOf("t2").length, patient).toBeGreaterThan(wanted);
        return textsOf("t1").length === seen;
      }, patient)
      .toBe(true);
    expect(of("t1").filter(({ type }) => type === "tail.end")).toEqual([]);
    socket.close();
  });

  it("is refused to editors, and says why", async () => {
    const { start, of, socket } = await connect("editor");
    await start("t1", 1);
    expect(of("t1")).toMatchObject([
      { type: "tail.end", reason: "refused", text: expect.stringContaining("agents.logs") },
    ]);
    socket.close();
  });
});
