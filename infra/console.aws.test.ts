import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestAws } from "../packages/aws/testing.ts";
import { CALLBACK, startIssuer } from "../packages/local-aws/oidc/testing.ts";
import { node } from "./testing/stack.ts";
import { root } from "./testing/unpack-platform.ts";

type Call = { method?: string; path: string; headers?: Record<string, string>; cookies?: string[]; body?: string };
type Answer = {
  error?: string;
  statusCode: number;
  headers: Record<string, string>;
  cookies: string[];
  text: string;
  chunks: number;
  importMs: number;
  callMs: number;
};

const built = join(root, "web", ".open-next");
const home = mkdtempSync(join(tmpdir(), "samla-console-"));
const publicUrl = new URL(CALLBACK).origin;
const host = new URL(publicUrl).host;
let server: ChildProcessWithoutNullStreams;
let closers: (() => Promise<unknown>)[] = [];
const waiting: ((line: string) => void)[] = [];
let errors = "";

const ask = async (call: Call): Promise<Answer> => {
  const answered = new Promise<string>((resolve, reject) => {
    waiting.push(resolve);
    server.once("exit", () => reject(new Error(`the server function ended:\n${errors.slice(-3_000)}`)));
  });
  server.stdin.write(`${JSON.stringify({ host, ...call })}\n`);
  const answer = JSON.parse(await answered) as Answer;
  if (answer.error) throw new Error(answer.error);
  return answer;
};

beforeAll(async () => {
  // Away from the project, whose packages would hide that one is missing.
  cpSync(join(built, "server-functions", "default"), home, { recursive: true });
  const issuer = await startIssuer(join(home, "issuer"));
  const aws = await startTestAws("tables");
  closers = [() => issuer.close(), () => aws.close()];
  server = spawn(node, [join(root, "infra", "testing", "console-runner.mjs")], {
    cwd: home,
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      NODE_ENV: "production",
      AWS_LAMBDA_FUNCTION_NAME: "console",
      AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL,
      AWS_REGION: process.env.AWS_REGION,
      AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY,
      SAMLA_PUBLIC_URL: publicUrl,
      SAMLA_API_URL: "http://127.0.0.1:9/v1",
      SAMLA_ISSUER_URL: issuer.issuer,
      SAMLA_CLIENT_ID: "console",
      SAMLA_CLIENT_SECRET: "console-secret",
      SAMLA_SESSION_SECRET: "test-secret-of-at-least-32-characters",
      SAMLA_SESSIONS_TABLE: aws.tables.sessions,
      SAMLA_ALLOW_HTTP_ISSUER: "1",
    },
  });
  let output = "";
  server.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    for (let end = output.indexOf("\u001f"); end >= 0; end = output.indexOf("\u001f")) {
      waiting.shift()?.(output.slice(output.indexOf("\u001e") + 1, end));
      output = output.slice(end + 1);
    }
  });
  server.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
}, 60_000);

afterAll(async () => {
  server?.kill("SIGKILL");
  for (const close of closers) await close();
  rmSync(home, { recursive: true, force: true });
});

describe("the console as Lambda gets it", () => {
  it("starts within a second and shows the sign-in page, streamed, with its nonce and security headers", async () => {
    const { statusCode, headers, text, importMs, callMs, chunks } = await ask({ path: "/sign-in" });
    console.log(`figure: console import ${importMs} ms, first page ${callMs} ms, ${chunks} chunks`);
    expect(statusCode).toBe(200);
    expect(headers["content-type"]).toContain("text/html");
    expect(text).toContain("<html");
    const nonce = /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "")?.[1];
    expect(nonce).toBeTruthy();
    expect(text).toContain(`nonce="${nonce}"`);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
    expect(chunks).toBeGreaterThan(0);
  });

  it("makes each page anew: no two share a nonce, none may be kept by a cache", async () => {
    const [one, two] = [await ask({ path: "/sign-in" }), await ask({ path: "/sign-in" })];
    expect(one.headers["content-security-policy"]).not.toBe(two.headers["content-security-policy"]);
    expect(one.headers["cache-control"]).toMatch(/no-store|no-cache|private/);
  });

  it("sends people who are not signed in to the sign-in page, and knows where they wanted to go", async () => {
    const { statusCode, headers } = await ask({ path: "/documents?index=handbook" });
    expect(statusCode).toBe(307);
    expect(headers.location).toContain(`/sign-in?return_to=${encodeURIComponent("/documents?index=handbook")}`);
  });

  it("begins the code flow at the issuer with PKCE and a cookie that scripts cannot read", async () => {
    const { statusCode, headers, cookies } = await ask({ path: "/auth/sign-in?return_to=/search" });
    expect(statusCode).toBeGreaterThanOrEqual(302);
    expect(headers.location).toMatch(/code_challenge_method=S256/);
    const line = [...cookies, ...[headers["set-cookie"] ?? []].flat()].join("; ");
    expect(line).toMatch(/HttpOnly/i);
  });

  it("answers API calls without a session with a problem document", async () => {
    const { statusCode, headers, text } = await ask({ path: "/api/v1/me" });
    expect(statusCode).toBe(401);
    expect(headers["content-type"]).toContain("application/problem+json");
    expect(JSON.parse(text)).toMatchObject({ code: "unauthenticated" });
  });

  it("refuses changes that another site sends", async () => {
    const { statusCode } = await ask({
      method: "POST",
      path: "/auth/sign-out",
      headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    });
    expect(statusCode).toBe(403);
  });

  it("says 404 for what is not there", async () => {
    const { statusCode } = await ask({ path: "/api/v1/no/such/thing" });
    expect([401, 404]).toContain(statusCode);
    expect((await ask({ path: "/pdfjs/0.0.0/build/nothing.mjs" })).statusCode).toBe(404);
  });

  it("carries the files of the PDF viewer", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "node_modules/pdfjs-dist/package.json"), "utf8")) as {
      version: string;
    };
    const { statusCode } = await ask({ path: `/pdfjs/${version}/build/pdf.worker.min.mjs` });
    expect(statusCode).toBe(200);
  });

  it("fits Lambda: its files with room, and the static ones in a folder for S3", () => {
    const sizeBytes = globSync("**/*", { cwd: home })
      .map((file) => statSync(join(home, file)))
      .reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
    console.log(`figure: console unpacked ${(sizeBytes / 1e6).toFixed(0)} MB`);
    expect(sizeBytes).toBeLessThan(250e6);
    expect(existsSync(join(built, "assets", "_next", "static"))).toBe(true);
  });
});
