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
  const jars = new Map<string, Map<string, string>>();
  let url = `${settings.publicUrl}/auth/sign-in`;
  let form: Record<string, string> | undefined;
  for (let hop = 0; hop < 15; hop += 1) {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    const response = await fetch(url, {
      redirect: "manual",
      method: form ? "POST" : "GET",
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form ? { origin, "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get("location");
    if (location) url = new URL(location, url).href;
    else {
      const page = await response.text();
      const action = /<form[^>]*method="post"[^>]*action="([^"]+)"|<form[^>]*action="([^"]+)"[^>]*method="post"/i.exec(
        page,
      );
      if (!action || origin === settings.publicUrl)
        return [...(jars.get(settings.publicUrl) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
      url = new URL((action[1] ?? action[2] ?? "").replaceAll("&amp;", "&"), url).href;
      form = { username, password };
    }
  }
  throw new Error(`sign-in did not end, last at ${url}`);
};
