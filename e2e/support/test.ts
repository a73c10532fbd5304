import { type Browser, type BrowserContext, test as base, type Page } from "@playwright/test";
import type { Client } from "../../packages/contracts/index.ts";
import { createMachineClient } from "../../scripts/laptop/machine-client.ts";
import { accounts, createSettings } from "../../scripts/laptop/settings.ts";

export { expect } from "@playwright/test";

export type Role = "reader" | "editor" | "operator" | "admin";
type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

const webUrl = (): string => process.env.SAMLA_URL ?? "";

/** Where the API and the issuer are and who calls: the environment's, and the laptop's for what it does not name. */
export const readTarget = () => {
  const { SAMLA_API_URL, SAMLA_ISSUER_URL, SAMLA_CLIENT_ID, SAMLA_CLIENT_SECRET } = process.env;
  const api = new URL(SAMLA_API_URL ?? "");
  const laptop = createSettings({ web: Number(new URL(webUrl()).port), aws: Number(api.port) });
  return {
    apiUrl: api.href.replace(/\/$/, ""),
    issuerUrl: SAMLA_ISSUER_URL ?? laptop.issuerUrl,
    /** Where browsers send the bytes of files, and where they listen for events. */
    storageUrl: process.env.SAMLA_STORAGE_URL ?? laptop.awsUrl,
    socketUrl: process.env.SAMLA_SOCKET_URL ?? laptop.socketUrl,
    machineClientId: SAMLA_CLIENT_ID ?? laptop.machineClientId,
    machineClientSecret: SAMLA_CLIENT_SECRET ?? laptop.machineClientSecret,
  };
};

/** The person of a role: the laptop's account, or the one that `SAMLA_<ROLE>_USERNAME` and `_PASSWORD` name. */
const findAccount = (role: Role): { username: string; password: string } => {
  const seeded = accounts.find((one) => one.groups.some((group) => group === role));
  const read = (name: string): string | undefined => process.env[`SAMLA_${role.toUpperCase()}_${name}`];
  return { username: read("USERNAME") ?? seeded?.username ?? "", password: read("PASSWORD") ?? seeded?.password ?? "" };
};

/** Fills in the issuer's form as a person does; the page must be on its way there. */
export const fillSignIn = async (page: Page, role: Role): Promise<void> => {
  const account = findAccount(role);
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
};

/** Signs in from a page of the console and lands on that page. */
export const signIn = async (page: Page, role: Role, path = "/search"): Promise<void> => {
  await page.goto(path);
  await page.getByRole("link", { name: "Sign in" }).click();
  await fillSignIn(page, role);
  await page.waitForURL((url) => url.origin === new URL(webUrl()).origin && url.pathname === path.split("?")[0]);
};

/** Sessions of this worker, one a role, made when first needed. */
class Sessions {
  readonly #browser: Browser;
  readonly #states = new Map<Role, Promise<StorageState>>();
  constructor(browser: Browser) {
    this.#browser = browser;
  }
  of(role: Role): Promise<StorageState> {
    const known = this.#states.get(role) ?? this.#begin(role);
    this.#states.set(role, known);
    return known;
  }
  /** The next test of this role signs in anew. */
  forget(role: Role): void {
    this.#states.delete(role);
  }
  async #begin(role: Role): Promise<StorageState> {
    const context = await this.#browser.newContext({ baseURL: webUrl(), storageState: undefined });
    const page = await context.newPage();
    await signIn(page, role);
    const state = await context.storageState();
    await context.close();
    return state;
  }
}

type TestFixtures = {
  /** Who is signed in when the test begins; nobody without it. */
  role: Role | undefined;
};
type WorkerFixtures = { sessions: Sessions; api: Client };

/** The browser, signed in as `role`, and the API as the target's machine account. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  role: [undefined, { option: true }],
  sessions: [async ({ browser }, use) => use(new Sessions(browser)), { scope: "worker" }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures wanted from this pattern
  api: [async ({}, use) => use(createMachineClient(readTarget())), { scope: "worker" }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures wanted from this pattern
  baseURL: async ({}, use) => use(webUrl()),
  storageState: async ({ role, sessions }, use) => use(role ? await sessions.of(role) : undefined),
});
