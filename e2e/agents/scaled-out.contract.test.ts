import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import type { ReleaseConfig } from "@samla/contracts";
import { executeRelease, getAgent, pauseAgent, proposeRelease, resumeAgent, scaleAgent } from "@samla/core/agents";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../../packages/local-aws/index.ts";
import { createWorld, person, settle, standInConfig, type World } from "./world.ts";

let dir: string;
let aws: LocalAws;
let world: World;
let isOver = false;
const seen: number[] = [];
const target = { cluster: "samla-test-agents", service: "samla-test-answer" };
const act = { agent: "answer", reason: "a test" };

const desired = async (): Promise<number | undefined> => {
  const { services } = await new ECSClient({}).send(
    new DescribeServicesCommand({ cluster: target.cluster, services: [target.service] }),
  );
  return services?.[0]?.desiredCount;
};

const release = async (settings: Record<string, string>, more: Partial<ReleaseConfig> = {}) => {
  const ctx = world.contextOf(person("Otto"));
  const proposed = await proposeRelease(ctx, { ...act, digest: world.digest, config: world.config(settings, more) });
  await executeRelease(ctx, { agent: "answer", releaseId: proposed.id });
  return { proposed, ended: await settle(ctx, proposed.id) };
};

const watchHealth = async (): Promise<Set<string>> => {
  const states = new Set<string>();
  while (!isOver) {
    const { endpoint } = await getAgent(world.contextOf(person("Otto")), { agent: "answer" });
    for (const one of endpoint.targets) states.add(one.state);
    seen.push((await fetch(world.agentUrl)).status);
  }
  return states;
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "samla-scaled-"));
  aws = await startLocalAws(standInConfig(dir, 0));
  world = await createWorld(aws.url);
}, 60_000);
afterAll(async () => {
  isOver = true;
  await aws?.close();
  await rm(dir, { recursive: true, force: true });
});

describe("releases of an agent that scaling has made larger", { timeout: 150_000 }, () => {
  it("keep its number of tasks, and another health path makes no old task unhealthy", async () => {
    expect((await release({ name: "one" })).ended).toMatchObject({ status: "live" });
    expect(await desired()).toBe(1);
    // As scaling does it.
    await new ECSClient({}).send(new UpdateServiceCommand({ ...target, desiredCount: 3 }));
    const watching = watchHealth();
    const { proposed, ended } = await release({ name: "two" }, { healthPath: "/well" });
    isOver = true;
    const states = await watching;
    expect(ended, JSON.stringify(ended.verdict)).toMatchObject({ status: "live" });
    expect(await desired()).toBe(3);
    expect(JSON.stringify(proposed.changeSet)).not.toMatch(/number of tasks|Balancer targets/);
    expect(states).not.toContain("unhealthy");
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.filter((status) => status !== 200)).toEqual([]);
    expect(await (await fetch(world.agentUrl)).text()).toBe("two");
  });

  it("bring it into another range, end it for a pause, and start it again with as many as it must have", async () => {
    const ctx = world.contextOf(person("Otto"));
    await settle(ctx, (await scaleAgent(ctx, { ...act, minTasks: 1, maxTasks: 2, cpuTarget: 60 })).id);
    expect(await desired()).toBe(2);
    await settle(ctx, (await pauseAgent(ctx, act)).id);
    expect(await desired()).toBe(0);
    expect(await settle(ctx, (await resumeAgent(ctx, act)).id)).toMatchObject({ status: "live" });
    expect(await desired()).toBe(1);
  });
});
