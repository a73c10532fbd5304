import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";

vi.mock("server-only", () => ({}));
const { contentPolicy, toastStyleHashes } = await import("./content-policy.ts");
const { otherLoopbackUrl } = await import("./loopback.ts");
const { safeReturnTo } = await import("./return-to.ts");
const { refuseForeign } = await import("./same-origin.ts");
const { parseEnv } = await import("./env.ts");

const publicUrl = "https://samla.example";

describe("return addresses", () => {
  it("stay within the console", () => {
    expect(safeReturnTo("/search?q=a%20b#x", publicUrl)).toBe("/search?q=a%20b#x");
    for (const bad of [
      null,
      "",
      "search",
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/\t/evil.example",
      "/.//evil.example",
      "javascript:alert(1)",
      "/auth/sign-out",
      "/api/v1/me",
      "/sign-in",
      `/${"a".repeat(3000)}`,
    ])
      expect(safeReturnTo(bad, publicUrl)).toBe("/");
  });
});

describe("requests from other sites", () => {
  const own = { origin: publicUrl, "sec-fetch-site": "same-origin", "x-samla-csrf": "1" };
  const check = (headers: Record<string, string>, method = "POST") =>
    refuseForeign(new Headers(headers), method, publicUrl);

  it("may change nothing", () => {
    expect(check(own)).toBeUndefined();
    expect(check({ ...own, origin: "https://evil.example" })).toBeDefined();
    expect(check({ ...own, origin: "null" })).toBeDefined();
    expect(check({ ...own, "sec-fetch-site": "same-site" })).toBeDefined();
    expect(check({ ...own, "sec-fetch-site": "cross-site" })).toBeDefined();
    expect(check({ ...own, "sec-fetch-site": "none" })).toBeDefined();
    expect(check({ "x-samla-csrf": "1" })).toBeDefined();
    expect(check({ origin: publicUrl })).toBeDefined();
  });

  it("may read nothing, while the address bar may", () => {
    expect(check({ "sec-fetch-site": "same-origin" }, "GET")).toBeUndefined();
    expect(check({ "sec-fetch-site": "none" }, "GET")).toBeUndefined();
    expect(check({ "sec-fetch-site": "cross-site" }, "GET")).toBeDefined();
    expect(check({ origin: "https://evil.example" }, "GET")).toBeDefined();
  });
});

describe("the content security policy", () => {
  const policy = contentPolicy({
    nonce: "N",
    connectOrigins: ["https://s3.example", "wss://ws.example"],
    formOrigins: ["https://issuer.example"],
  });

  it("lets no script run without the nonce, no frame hold us, no plugin load", () => {
    expect(policy).toContain("script-src 'self' 'nonce-N' 'strict-dynamic' 'wasm-unsafe-eval';");
    expect(policy).not.toMatch(/script-src [^;]*unsafe-inline/);
    expect(policy).not.toMatch(/style-src [^;]*unsafe-inline/);
    expect(policy).not.toContain("'unsafe-eval'");
    for (const rule of ["frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"])
      expect(policy).toContain(rule);
  });

  it("opens connections to the configured origins and pictures to the http ones", () => {
    expect(policy).toContain("connect-src 'self' https://s3.example wss://ws.example;");
    expect(policy).toContain("img-src 'self' blob: data: https://s3.example;");
  });

  it("knows the style element of the installed toast library", () => {
    const source = readFileSync(
      createRequire(import.meta.url)
        .resolve("sonner")
        .replace(/index\.c?js$/, "index.mjs"),
      "utf8",
    );
    const literal = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source)?.[1] ?? '""';
    const hash = createHash("sha256")
      .update(String(JSON.parse(literal)))
      .digest("base64");
    expect(toastStyleHashes[1]).toBe(`'sha256-${hash}'`);
  });
});

describe("other names of the laptop", () => {
  it("lead to the public one, on the same port only, and never in the cloud", () => {
    const laptop = "http://127.0.0.1:3000";
    expect(otherLoopbackUrl("localhost:3000", laptop, "/search?q=1")).toBe("http://127.0.0.1:3000/search?q=1");
    expect(otherLoopbackUrl("127.0.0.1:3000", laptop, "/")).toBeUndefined();
    expect(otherLoopbackUrl("localhost:4000", laptop, "/")).toBeUndefined();
    expect(otherLoopbackUrl("evil.example:3000", laptop, "/")).toBeUndefined();
    expect(otherLoopbackUrl("localhost:3000", publicUrl, "/")).toBeUndefined();
  });
});

describe("the configuration", () => {
  const complete = {
    SAMLA_PUBLIC_URL: publicUrl,
    SAMLA_API_URL: "https://api.example/v1",
    SAMLA_ISSUER_URL: "https://issuer.example",
    SAMLA_CLIENT_ID: "console",
    SAMLA_SESSION_SECRET: "s".repeat(32),
    SAMLA_SESSIONS_TABLE: "sessions",
    SAMLA_CONNECT_ORIGINS: "https://s3.example, wss://ws.example",
  };

  it("is read whole", () => {
    expect(parseEnv(complete).SAMLA_CONNECT_ORIGINS).toEqual(["https://s3.example", "wss://ws.example"]);
  });

  it("names everything that is wrong in one error", () => {
    expect(() => parseEnv({ ...complete, SAMLA_SESSION_SECRET: "short", SAMLA_API_URL: "" })).toThrow(
      /SAMLA_API_URL.*SAMLA_SESSION_SECRET/s,
    );
  });

  it("refuses connect origins that would break out of the policy", () => {
    expect(() => parseEnv({ ...complete, SAMLA_CONNECT_ORIGINS: "https://a.example;script-src" })).toThrow();
    expect(() => parseEnv({ ...complete, SAMLA_CONNECT_ORIGINS: "'unsafe-inline'" })).toThrow();
  });
});
