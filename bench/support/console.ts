import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../../scripts/build.ts";
import { buildConsole, consoleCommand, consoleEnvironment } from "../../scripts/laptop/console.ts";
import type { Settings } from "../../scripts/laptop/settings.ts";

/** Starts the console on the settings' port and waits until it answers. */
export const startConsole = async (settings: Settings): Promise<() => void> => {
  await buildConsole();
  const { args, cwd } = consoleCommand(settings);
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...consoleEnvironment(settings) },
    stdio: ["pipe", "ignore", "ignore"],
  });
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`the console ended with code ${child.exitCode} (in ${join(root, "web")})`);
    const up = await fetch(`${settings.publicUrl}/sign-in`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return () => void child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Signs in through the pages, as a person does, and returns the cookies of the console. */
export const signIn = async (settings: Settings, username: string, password: string): Promise<string> => {
  const cookies = new Map<string, { origin: string; path: string; name: string; value: string }>();
  const cookiesFor = (address: URL): string =>
    [...cookies.values()]
      .filter(({ origin, path }) => origin === address.origin && address.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  let url = new URL(`${settings.publicUrl}/auth/sign-in`);
  let form: Record<string, string> | undefined;
  for (let hop = 0; hop < 15; hop += 1) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: cookiesFor(url), ...(form ? { origin: url.origin } : {}) },
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      const path = /;\s*path=([^;]+)/i.exec(cookie)?.[1] ?? "/";
      const key = `${url.origin} ${path} ${name}`;
      if (value === "") cookies.delete(key);
      else cookies.set(key, { origin: url.origin, path, name, value });
    }
    const location = response.headers.get("location");
    if (location) url = new URL(location, url);
    else if (url.origin === settings.publicUrl) return cookiesFor(new URL(`${settings.publicUrl}/api/v1/me`));
    // The issuer's form is sent to its own address.
    else form = { username, password };
  }
  throw new Error(`sign-in did not end, last at ${url}`);
};
