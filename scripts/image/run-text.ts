import { execFileSync } from "node:child_process";

/** What a program prints; undefined when it is not there, fails or takes longer than `timeoutMs`. */
export const runText = (
  program: string,
  args: readonly string[],
  options: { cwd?: string; timeoutMs?: number } = {},
): string | undefined => {
  try {
    return execFileSync(program, args, {
      cwd: options.cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: options.timeoutMs ?? 20_000,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    return undefined;
  }
};
