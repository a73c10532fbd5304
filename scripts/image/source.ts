import { runText } from "./run-text.ts";

/** Where an image comes from. Absent parts are not known, as outside a checkout. */
export type Source = {
  commit?: string;
  /** ISO 8601, of the commit. */
  committedAt?: string;
  /** Web address of the source, without credentials. */
  url?: string;
  /** Files differ from the commit. */
  changed: boolean;
};

/** An address that may stand in a label: no user, no password, `git@host:path` as https. */
export const cleanSourceUrl = (text: string): string | undefined => {
  const scp = /^[\w.-]+@([\w.-]+):(.+)$/.exec(text);
  try {
    const url = new URL(scp ? `https://${scp[1]}/${scp[2]}` : text);
    if (url.protocol !== "https:" && url.protocol !== "http:" && url.protocol !== "ssh:") return undefined;
    return `${url.protocol === "ssh:" ? "https:" : url.protocol}//${url.host}${url.pathname.replace(/\.git$/, "")}`;
  } catch {
    return undefined;
  }
};

/** Reads commit, its time and the origin from git; `SAMLA_SOURCE_URL` names the source where git does not. */
export const readSource = (root: string, paths: readonly string[]): Source => {
  const git = (...args: string[]): string | undefined => runText("git", args, { cwd: root })?.trim() || undefined;
  const [commit, committedAt] = git("log", "-1", "--format=%H %cI")?.split(" ") ?? [];
  const origin = process.env.SAMLA_SOURCE_URL ?? git("remote", "get-url", "origin");
  const url = origin === undefined ? undefined : cleanSourceUrl(origin);
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(committedAt === undefined ? {} : { committedAt: new Date(committedAt).toISOString() }),
    ...(url === undefined ? {} : { url }),
    changed: commit !== undefined && git("status", "--porcelain", "--", ...paths) !== undefined,
  };
};
