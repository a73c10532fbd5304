import { NextRequest } from "next/server";
import { describe, expect, it, vi } from "vitest";

vi.mock("server-only", () => ({}));
Object.assign(process.env, {
  SAMLA_PUBLIC_URL: "http://127.0.0.1:3000",
  SAMLA_API_URL: "http://127.0.0.1:4000/v1",
  SAMLA_ISSUER_URL: "http://127.0.0.1:4000/issuer",
  SAMLA_CLIENT_ID: "console",
  SAMLA_SESSION_SECRET: "x".repeat(32),
  SAMLA_SESSIONS_TABLE: "sessions",
});
const { proxy } = await import("./proxy.ts");

const open = (path: string, host: string) => proxy(new NextRequest(`http://${host}${path}`, { headers: { host } }));

describe("somebody who comes by another name of the laptop", () => {
  it("is led to the one that cookies know, never round in a loop", async () => {
    const answer = open("/documents?index=library", "localhost:3000");
    // The framework turns a redirect between names of this machine into a relative one, to where it came from.
    expect([answer.status, answer.headers.get("location")]).toEqual([200, null]);
    expect(await answer.text()).toContain('content="0;url=http://127.0.0.1:3000/documents?index=library"');
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("cannot be led anywhere else, nor be shown markup of the address", async () => {
    for (const path of ["//evil.example/x", `/search?q="><script>alert(1)</script>`]) {
      const page = await open(path, "localhost:3000").text();
      expect(page).toMatch(/url=http:\/\/127\.0\.0\.1:3000\//);
      expect(page).not.toContain("<script");
    }
    expect(open("/documents", "evil.example").headers.get("location")).toContain("/sign-in?return_to=%2Fdocuments");
  });
});
