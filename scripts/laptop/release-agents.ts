import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRegistryAuthorization } from "../../packages/aws/registry/token.ts";
import { AgentManifest, ReleaseConfig } from "../../packages/contracts/index.ts";
import { type AgentContext, releaseNow, watchAgents } from "../../packages/core/agents/index.ts";
import { buildDir, hashFiles, root, stateDir, whenChanged } from "../build.ts";
import { buildImage, sourcePathsOf } from "../image/build-image.ts";
import { pushImage } from "../image/push-image.ts";
import { createLaptopContext } from "./agent-context.ts";
import type { LaptopAgents } from "./agent-platform.ts";
import { createMachineClient } from "./machine-client.ts";
import { createSettings, type Settings } from "./settings.ts";
import { agentNames } from "./stand-in.ts";

const scanMs = 120_000;
const releaseMs = 300_000;

/** What an agent is released with at the first start; people change it from the console. */
const firstSettings = (settings: Settings, name: string): Record<string, unknown> => {
  if (name === "mcp") return { consoleUrl: settings.publicUrl };
  if (name !== "sync") return {};
  const folder = join(stateDir, "sync");
  mkdirSync(folder, { recursive: true });
  // By hand only, until somebody says when.
  return { index: "library", source: "folder", folder, intervalMinutes: 0 };
};

/** Builds and pushes an agent's image when its sources changed, or when it must be there. Answers its digest if so. */
const pushAgent = async (settings: Settings, name: string, always: boolean): Promise<string | undefined> => {
  const agentDir = `agents/${name}`;
  const hash = hashFiles(sourcePathsOf(agentDir).map((path) => (path.includes(".") ? path : `${path}/**/*`)));
  let digest: string | undefined;
  // Beside the state, as each state has a registry of its own.
  const mark = `image-${name}-${Buffer.from(stateDir).toString("base64url")}`;
  const output = always ? join(stateDir, "none") : settings.dataDir;
  await whenChanged(mark, hash, output, async () => {
    const image = await buildImage({ root, agentDir, dir: join(buildDir, "build", "images") });
    const repositories = agentNames().filter((other) => other !== name);
    const pushed = await pushImage(image, {
      url: settings.awsUrl,
      repository: `samla/${settings.stage}/${name}`,
      authorization: createRegistryAuthorization(),
      ...(repositories[0] && { mountFrom: `samla/${settings.stage}/${repositories[0]}` }),
    });
    digest = pushed.digest;
  });
  return digest;
};

const until = async <T>(timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T | undefined> => {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > endMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

/** The first release of an agent, by the verb of the console. Answers its verdict in a sentence. */
const releaseFirst = async (
  ctx: AgentContext,
  settings: Settings,
  name: string,
  digest: string,
  secretArn: string | undefined,
): Promise<string> => {
  const manifest = AgentManifest.parse(JSON.parse(readFileSync(join(root, "agents", name, "agent.json"), "utf8")));
  const { cpu, memoryMb, port, health, scaling } = manifest;
  const config = ReleaseConfig.parse({
    settings: firstSettings(settings, name),
    port,
    healthPath: health.path,
    cpu,
    memory: memoryMb,
    minTasks: scaling.minTasks,
    maxTasks: scaling.maxTasks,
    cpuTarget: scaling.cpuTargetPercent,
    ...(secretArn && { secretArn }),
  });
  await until(scanMs, async () => {
    const { scan } = await ctx.images.gate(name, digest);
    return scan === "running" || scan === "none" ? undefined : scan;
  });
  const release = await releaseNow(ctx, { agent: name, digest, config, reason: "First start on this laptop." });
  const done = await until(releaseMs, async () => {
    await watchAgents(ctx);
    const now = await ctx.agents.getRelease(name, release.id);
    return now && now.status !== "rolling" ? now : undefined;
  });
  return done ? `${done.status}${done.verdict ? `: ${done.verdict.sentence}` : ""}` : "is still rolling";
};

const main = async (): Promise<void> => {
  const settings = createSettings({
    web: Number(process.env.SAMLA_PORT ?? 3000),
    aws: Number(process.env.SAMLA_AWS_PORT ?? 4566),
  });
  const { parameters, secretArns } = JSON.parse(process.env.SAMLA_LAPTOP_AGENTS ?? "{}") as LaptopAgents;
  const ctx = createLaptopContext(settings, parameters, createMachineClient(settings));
  for (const name of agentNames())
    try {
      const startedMs = Date.now();
      const known = await ctx.agents.getAgent(name);
      const isReleased = known?.liveReleaseId !== undefined || known?.busy !== undefined;
      const digest = await pushAgent(settings, name, !isReleased);
      // Later images wait in the console until somebody releases them.
      if (!digest || isReleased) continue;
      const verdict = await releaseFirst(ctx, settings, name, digest, secretArns[name]);
      console.log(`  ✓ agent ${name} ${verdict} ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
    } catch (error) {
      console.error(`  ✗ agent ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
};

await main();
process.exit(0);
