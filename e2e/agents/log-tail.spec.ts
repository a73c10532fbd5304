import { randomBytes } from "node:crypto";
import type { Page, WebSocketRoute } from "@playwright/test";
import { openAgentLog } from "../support/agent-log.ts";
import { expectAccessible } from "../support/axe.ts";
import { uniqueWord } from "../support/files.ts";
import { expect, readTarget, test } from "../support/test.ts";

const agent = "answer";
const releaseMs = 180_000;

test.use({ role: "operator" });

const expectReleased = async (page: Page): Promise<void> => {
  await page.goto(`/agents/${agent}`);
  await expect(page.locator("header").getByText("Healthy", { exact: true }).first()).toBeVisible({
    timeout: releaseMs,
  });
};

const taskId = (): string => randomBytes(16).toString("hex");
const lines = (page: Page) => page.getByRole("region", { name: "Log lines" });
const expectLive = (page: Page) =>
  expect(page.getByRole("status").filter({ hasText: /^Live$/ })).toBeVisible({ timeout: 40_000 });

test("new lines of a log appear by themselves in several tabs, each with its own words, over turns and a lost connection", async ({
  page,
  context,
}) => {
  test.setTimeout(releaseMs + 180_000);
  await expectReleased(page);
  const write = await openAgentLog(agent, taskId());
  const word = uniqueWord();
  let socket: WebSocketRoute | undefined;
  const turns: number[] = [];
  await page.routeWebSocket(`${readTarget().socketUrl}**`, (route) => {
    socket = route;
    const server = route.connectToServer();
    route.onMessage((message) => {
      const { action, turn } = JSON.parse(String(message)) as { action?: string; turn?: number };
      if (action === "tail.start" && turn) turns.push(turn);
      server.send(message);
    });
  });
  await page.goto(`/agents/${agent}/logs`);
  await expectLive(page);
  const other = await context.newPage();
  await other.goto(`/agents/${agent}/logs?q=${word}-only`);
  await expectLive(other);
  await write([`${word} at once`, `${word}-only for the other tab`]);
  await expect(lines(page).getByText(`${word} at once`)).toHaveCount(1);
  await expect(lines(other).getByText(`${word}-only for the other tab`)).toHaveCount(1);
  await expect(lines(other).getByText(`${word} at once`)).toHaveCount(0);

  // A turn of the server is over after 25 s, and the page asks for the next one.
  await expect.poll(() => turns.at(-1), { timeout: 60_000 }).toBeGreaterThan(1);
  await write([`${word} in the next turn`]);
  await expect(lines(page).getByText(`${word} in the next turn`)).toHaveCount(1);

  await context.setOffline(true);
  await socket?.close();
  await expect(page.getByRole("status").filter({ hasText: "Connection lost" })).toBeVisible();
  await write([`${word} in the gap`]);
  await context.setOffline(false);
  await expectLive(page);
  await write([`${word} afterwards`]);
  await expect(lines(page).getByText(`${word} afterwards`)).toHaveCount(1);
  const shown = await lines(page).getByText(word).allTextContents();
  const wanted = ["at once", "in the next turn", "in the gap", "afterwards"].map((text) => `${word} ${text}`);
  expect(shown.filter((text) => !text.includes("-only"))).toEqual(wanted);
  await expectAccessible(page);
});

test("of a flood the newest lines are shown, and how many were skipped", async ({ page }) => {
  test.setTimeout(releaseMs + 90_000);
  await expectReleased(page);
  const write = await openAgentLog(agent, taskId());
  const word = uniqueWord();
  await page.goto(`/agents/${agent}/logs?q=${word}`);
  await expectLive(page);
  await write(Array.from({ length: 9_000 }, (_, n) => `${word} ${n}.`));
  await expect(lines(page).getByText(`${word} 8999.`)).toHaveCount(1);
  await expect(
    lines(page)
      .getByText(/^\d,\d{3} lines skipped$/)
      .first(),
  ).toBeAttached();
  await expect(page.getByText("more is written than can be shown")).toBeVisible();
  await expectAccessible(page);
});
