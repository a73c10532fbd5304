import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "../../packages/contracts/index.ts";
import { type LocalAws, startLocalAws } from "../../packages/local-aws/index.ts";
import { buildFunctions } from "../../scripts/build.ts";
import { prepareEmbedders } from "../../scripts/laptop/embedder.ts";
import { createMachineClient } from "../../scripts/laptop/machine-client.ts";
import { createSettings, type Settings } from "../../scripts/laptop/settings.ts";
import { awsEnvironment, createStandInConfig, functionEnvironment } from "../../scripts/laptop/stand-in.ts";

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

export type Backend = {
  aws: LocalAws;
  settings: Settings;
  client: Client;
  environment: Record<string, string>;
  close: () => Promise<void>;
};

/** The stand-in with all functions on empty state of its own; the environment lets this process use the same adapters. */
export const startBackend = async (options: { warm: boolean; web?: number }): Promise<Backend> => {
  const dir = mkdtempSync(join(tmpdir(), "samla-bench-"));
  const settings: Settings = {
    ...createSettings({ web: options.web ?? (await freePort()), aws: await freePort() }),
    dataDir: join(dir, "aws"),
    engineDir: join(dir, "engine"),
  };
  for (const folder of [settings.dataDir, settings.engineDir, settings.cacheDir, settings.modelDir])
    mkdirSync(folder, { recursive: true });
  const embedders = await prepareEmbedders(settings);
  const config = createStandInConfig(settings, await buildFunctions(), embedders, { warm: options.warm });
  // A bench asks more than a person does: what is measured is the path, not the throttle.
  for (const api of config.restApis) {
    api.throttle = { ratePerSecond: 100_000, burst: 100_000 };
    for (const route of api.routes) delete route.throttle;
  }
  const aws = await startLocalAws(config);
  const environment = { ...functionEnvironment(settings, embedders), ...awsEnvironment(settings) };
  return {
    aws,
    settings,
    client: createMachineClient(settings),
    environment,
    close: async () => {
      await aws.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
