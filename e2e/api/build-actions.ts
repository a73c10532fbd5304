import { expect } from "vitest";
import type { Build, BuildConfig, BuildDetail, Client, Index, IndexDetail } from "../../packages/contracts/index.ts";
import { library, patient } from "./backend.ts";

export const getIndex = (client: Client): Promise<IndexDetail> =>
  client.call("indexes.get", { params: { index: library } });

export const getBuild = (client: Client, buildId: Build["id"]): Promise<BuildDetail> =>
  client.call("builds.get", { params: { index: library, buildId } });

/** Starts a candidate with the live build's configuration and some changes of it. */
export const startBuild = async (client: Client, changes: Partial<BuildConfig> = {}): Promise<Build> =>
  client.call("builds.create", {
    params: { index: library },
    body: { config: { ...(await getIndex(client)).build.config, ...changes } },
  });

/** Waits until the build is no longer being filled; returns it. */
export const filled = async (client: Client, buildId: Build["id"]): Promise<BuildDetail> => {
  await expect.poll(async () => (await getBuild(client, buildId)).status, patient).not.toBe("building");
  return getBuild(client, buildId);
};

export const promote = async (
  client: Client,
  buildId: Build["id"],
  more: { override?: { reason: string }; expectedLiveBuildId?: Build["id"] } = {},
): Promise<Index> =>
  client.call("builds.promote", {
    params: { index: library, buildId },
    body: { expectedLiveBuildId: (await getIndex(client)).liveBuildId, reason: "it is better", ...more },
  });

export const rollBack = async (client: Client, toBuildId: Build["id"]): Promise<Index> =>
  client.call("indexes.rollBack", {
    params: { index: library },
    body: { expectedLiveBuildId: (await getIndex(client)).liveBuildId, toBuildId, reason: "it was better before" },
  });

/** Lets candidates pass without an evaluation. */
export const openGate = (client: Client): Promise<Index> =>
  client.call("indexes.patch", {
    params: { index: library },
    body: {
      settings: {
        gate: {
          evaluationRequired: false,
          ndcg10DropMax: 0.01,
          recall10DropMax: 0.02,
          zeroResultRiseMax: 0.02,
          failedShareMax: 0.05,
        },
      },
    },
  });
