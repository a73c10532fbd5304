import type { Page } from "@playwright/test";
import type { Client, IndexSlug } from "../../packages/contracts/index.ts";
import { expect } from "./test.ts";

/** Filling a few documents on a machine that does other things too. */
const filledMs = 60_000;

/** Waits until the build on this page is filled. */
export const expectFilled = (page: Page): Promise<void> =>
  expect(page.getByText("Ready", { exact: true })).toBeVisible({ timeout: filledMs });

/** Evaluates the live build through the API and waits for its figures. Returns the evaluation's id. */
export const evaluateLive = async (api: Client, index: IndexSlug): Promise<string> => {
  const { liveBuildId } = await api.call("indexes.get", { params: { index } });
  const { id } = await api.call("evaluations.start", { params: { index }, body: { buildId: liveBuildId } });
  await expect
    .poll(async () => (await api.call("evaluations.get", { params: { index, evaluationId: id } })).status, {
      timeout: filledMs,
      intervals: [200],
    })
    .toBe("done");
  return id;
};
