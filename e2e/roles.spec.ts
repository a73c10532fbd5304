import type { IndexSlug } from "../packages/contracts/index.ts";
import { createIndex, openDocuments, rowOf, seedDocuments } from "./support/documents.ts";
import { uniqueWord } from "./support/files.ts";
import { expect, fillSignIn, readTarget, signIn, test } from "./support/test.ts";

const word = uniqueWord();
const name = `${word} rules.md`;
const csrf = { "x-samla-csrf": "1" };
let open: IndexSlug;
let hidden: IndexSlug;
let documentId: string;
let hiddenDocumentId: string;

test.beforeAll(async ({ api }) => {
  open = await createIndex(api, "Open to all");
  hidden = await createIndex(api, "Hidden", ["group:board"]);
  const bytes = Buffer.from(`# Rules\n\nThe ${word} rules of the house.\n`);
  documentId = (await seedDocuments(api, open, [{ name, bytes }]))[0] ?? "";
  hiddenDocumentId = (await seedDocuments(api, hidden, [{ name: "secret.md", bytes }]))[0] ?? "";
});

test.describe("a reader", () => {
  test.use({ role: "reader" });

  test("is offered neither upload nor delete nor a new index nor the activity", async ({ page }) => {
    await openDocuments(page, open);
    await expect(rowOf(page, name)).toBeVisible();
    await expect(page.getByRole("link", { name: "Activity" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Upload" })).toHaveCount(0);
    await rowOf(page, name)
      .getByRole("button", { name: `Actions for ${name}` })
      .click();
    await expect(page.getByRole("menuitem")).toHaveText(["Download"]);
    await page.keyboard.press("Escape");
    await rowOf(page, name).getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await expect(page.getByRole("button", { name: /Rename|More actions/ })).toHaveCount(0);
    await expect(page.getByRole("tab", { name: "Activity" })).toHaveCount(0);
    await page.goto("/indexes");
    await expect(page.getByRole("link", { name: "Open to all" }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Create index" })).toHaveCount(0);
    await page.goto(`/indexes/${open}`);
    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.getByRole("textbox", { name: "Name" })).toBeDisabled();
    await expect(page.getByRole("button", { name: "Delete index" })).toHaveCount(0);
  });

  test("who goes to the activity by its address is told who may see it", async ({ page }) => {
    await page.goto("/activity");
    await expect(page.getByText("The timeline is for editors, operators and administrators")).toBeVisible();
  });

  test("gets 403 from the API for what the role may not do", async ({ page, baseURL }) => {
    const headers = { ...csrf, origin: baseURL ?? "" };
    const answers = await Promise.all([
      page.request.post("/api/v1/uploads", {
        headers,
        data: { index: open, name: "x.txt", sizeBytes: 1, sha256: "0".repeat(64) },
      }),
      page.request.delete(`/api/v1/documents/${documentId}`, { headers }),
      page.request.post("/api/v1/indexes", { headers, data: { slug: "mine", name: "Mine", readers: ["everyone"] } }),
      page.request.get("/api/v1/events"),
    ]);
    for (const answer of answers) {
      expect(answer.status()).toBe(403);
      expect(await answer.json()).toMatchObject({ code: "forbidden", requestId: expect.any(String) });
    }
  });

  test("finds nothing of an index that is not open to them: 404 by address, absent from lists and searches", async ({
    page,
  }) => {
    for (const path of [`indexes/${hidden}`, `documents/${hiddenDocumentId}`, `documents/${hiddenDocumentId}/passages`])
      expect((await page.request.get(`/api/v1/${path}`)).status()).toBe(404);
    expect((await page.request.get("/api/v1/documents", { params: { index: hidden } })).status()).toBe(404);
    expect(await (await page.request.get("/api/v1/indexes")).text()).not.toContain(hidden);
    const found = await page.request.get("/api/v1/search", { params: { q: word } });
    expect(await found.text()).not.toContain("secret.md");
    await page.goto(`/documents/${hiddenDocumentId}`);
    await expect(page.getByRole("heading", { name: "There is no such thing, or you may not see it" })).toBeVisible();
    await page.goto(`/indexes/${hidden}`);
    await expect(page.getByRole("heading", { name: "There is no such thing, or you may not see it" })).toBeVisible();
  });
});

test.describe("an operator", () => {
  test.use({ role: "operator" });
  test("sees the activity with the queues, and cannot upload", async ({ page }) => {
    await page.goto("/activity");
    await expect(page.getByRole("heading", { name: "Queues" })).toBeVisible();
    await openDocuments(page, open);
    await expect(page.getByRole("button", { name: "Upload" })).toHaveCount(0);
  });
});

test("an address opened while signed out is where the person lands after signing in", async ({ page }) => {
  const path = `/documents/${documentId}?tab=passages`;
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1, name: /Find the passage/ })).toBeVisible();
  await page.getByRole("link", { name: "Sign in" }).click();
  await fillSignIn(page, "editor");
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByRole("tab", { name: /Passages/ })).toHaveAttribute("aria-selected", "true");
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(path);
});

test("a wrong password is refused with a sentence, and an address of another site is never returned to", async ({
  page,
  baseURL,
}) => {
  await page.goto("/auth/sign-in?return_to=https://evil.example/");
  await page.getByLabel("Username").fill("rita");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(/Username or password is wrong/);
  await fillSignIn(page, "reader");
  await page.waitForURL((url) => url.origin === baseURL && url.pathname === "/search");
});

test("signing out ends the session at once, also for a copy of its cookie", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, storageState: undefined });
  const page = await context.newPage();
  await signIn(page, "reader");
  const copy = await browser.newContext({ baseURL, storageState: await context.storageState() });
  expect((await copy.request.get("/api/v1/me")).status()).toBe(200);
  await page.getByRole("button", { name: /Rita Reader/ }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  expect((await copy.request.get("/api/v1/me")).status()).toBe(401);
  await copy.close();
  await context.close();
});

test("signing out everywhere ends the person's other sessions too", async ({ browser, baseURL, sessions }) => {
  const [here, there] = await Promise.all([1, 2].map(() => browser.newContext({ baseURL, storageState: undefined })));
  if (!here || !there) throw new Error("two contexts");
  const [page, other] = [await here.newPage(), await there.newPage()];
  await signIn(page, "operator");
  await signIn(other, "operator");
  await page.getByRole("button", { name: /Otto Operator/ }).click();
  await page.getByRole("menuitem", { name: "Sign out everywhere" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect.poll(async () => (await there.request.get("/api/v1/me")).status()).toBe(401);
  await other.goto("/indexes");
  await expect(other.getByRole("link", { name: "Sign in" })).toBeVisible();
  sessions.forget("operator");
  await here.close();
  await there.close();
});

test.describe("the console", () => {
  test.use({ role: "admin" });

  test("refuses changes that another site sends with the person's cookie", async ({ page, baseURL }) => {
    const data = { slug: `foreign-${Date.now().toString(36)}`, name: "Foreign", readers: ["everyone"] };
    const tries: Record<string, string>[] = [
      { ...csrf, origin: "https://evil.example" },
      { ...csrf, origin: readTarget().storageUrl },
      { ...csrf, origin: baseURL ?? "", "sec-fetch-site": "cross-site" },
      { origin: baseURL ?? "" },
      csrf,
    ];
    for (const headers of tries) {
      const answer = await page.request.post("/api/v1/indexes", { headers, data });
      expect(answer.status(), JSON.stringify(headers)).toBe(403);
    }
    expect((await page.request.post("/auth/sign-out", { headers: { origin: "https://evil.example" } })).status()).toBe(
      403,
    );
    expect((await page.request.get("/api/v1/me")).status()).toBe(200);
  });

  test("sends a strict content policy with a fresh nonce, and cookies that no script can read", async ({ page }) => {
    const nonces = new Set<string>();
    const violations: string[] = [];
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text());
    });
    for (const path of ["/search", "/documents", "/indexes"]) {
      const answer = await page.goto(path);
      const headers = answer?.headers() ?? {};
      const policy = Object.fromEntries(
        (headers["content-security-policy"] ?? "").split("; ").map((rule) => {
          const [key = "", ...values] = rule.split(" ");
          return [key, values.join(" ")];
        }),
      );
      expect(policy["script-src"]).toMatch(/'nonce-[^']+'/);
      expect(policy["script-src"]).not.toMatch(/unsafe-inline|unsafe-eval'? |https?:|\*/);
      expect(policy["style-src"]).not.toContain("unsafe-inline");
      expect(policy).toMatchObject({ "object-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'" });
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
      });
      nonces.add(/'nonce-([^']+)'/.exec(policy["script-src"] ?? "")?.[1] ?? "");
      await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
    }
    expect(nonces.size).toBe(3);
    expect(violations).toEqual([]);
    const ours = (await page.context().cookies()).filter((cookie) => cookie.name.includes("samla"));
    expect(ours.length).toBeGreaterThan(0);
    for (const cookie of ours) expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  });

  test("keeps tokens on the server: none in an answer, in the page or in the browser's storage", async ({ page }) => {
    const jwt = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/;
    const bodies: Promise<{ url: string; text: string }>[] = [];
    page.on("response", (response) => {
      if (!/json|html|x-component/.test(response.headers()["content-type"] ?? "")) return;
      bodies.push(
        response.text().then(
          (text) => ({ url: response.url(), text }),
          () => ({ url: response.url(), text: "" }),
        ),
      );
    });
    await openDocuments(page, open);
    await rowOf(page, name).getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await page.goto(`/search?q=${word}`);
    await expect(page.getByRole("article").first()).toBeVisible();
    const answers = await Promise.all(bodies);
    expect(answers.length).toBeGreaterThan(5);
    for (const { url, text } of answers) {
      expect(jwt.test(text), url).toBe(false);
      expect(/access_token|refresh_token|id_token/.test(text), url).toBe(false);
    }
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(stored).not.toMatch(jwt);
    expect(stored).not.toContain("samla-session");
  });
});
