import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { endProcessGroup } from "../lambda/process-group.ts";

export type ProcessSpec = {
  program: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  user: { uid: number; gid: number } | undefined;
  /** No file of it may grow beyond this. */
  fileLimitBytes: number;
  /** `NAME=value` in `env` that only this container has: finds what moved to a session of its own. Empty for none. */
  mark: string;
};

export type ExitResult = { code: number };

const PIPE_DRAIN_MS = 200;

/**
 * Runs the program as the leader of a process group, beside a watcher that ends the whole group, and what has the mark
 * in its environment, when its stdin closes: the stand-in holds the other end, so nothing outlives it, however it ends.
 * The watcher itself must not have the mark.
 */
const LAUNCHER = `exec 3<&0
(trap '' TERM INT HUP; exec >/dev/null 2>&1
name=\${1%%=*}
exec /usr/bin/env -u "\${name:-_}" /bin/sh -c '/bin/cat <&3
[ -z "$0" ] || for file in /proc/[0-9]*/environ; do
if /bin/grep -qsxzF "$0" "$file"; then pid=\${file#/proc/}; kill -9 "\${pid%/environ}"; fi
done
kill -9 0' "$1") &
exec 3<&- </dev/null
ulimit -c 0
[ "$0" = 0 ] || ulimit -f "$0"
shift
exec "$@"`;
const ULIMIT_BLOCK_BYTES = 512;

/** Exit code as a container reports it: 128 and the signal's number when one ended it. */
const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

/** One process with everything it forked. */
export class ContainerProcess {
  readonly pid: number | undefined;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  /** Settles once the leader has ended and what it wrote is read; what it forked is gone then. */
  readonly exited: Promise<ExitResult>;
  readonly #child: ChildProcess;
  #isOver = false;

  constructor(spec: ProcessSpec, options: { output: "pipe" | "ignore" }) {
    const blocks = spec.fileLimitBytes > 0 ? Math.ceil(spec.fileLimitBytes / ULIMIT_BLOCK_BYTES) : 0;
    this.#child = spawn("/bin/sh", ["-c", LAUNCHER, String(blocks), spec.mark, spec.program, ...spec.args], {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ["pipe", options.output, options.output],
      ...spec.user,
    });
    this.pid = this.#child.pid;
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    this.#child.stdin?.on("error", () => undefined);
    this.exited = new Promise((resolve) => {
      const conclude = (code: number) => {
        if (this.#isOver) return;
        this.endNow();
        this.#isOver = true;
        resolve({ code });
      };
      this.#child.once("error", () => conclude(127));
      this.#child.once("exit", (code, signal) => {
        const result = exitCodeOf(code, signal);
        // What it forked may hold the pipes open: it ends with its leader, as in a container.
        this.endNow();
        this.#child.once("close", () => conclude(result));
        setTimeout(() => conclude(result), PIPE_DRAIN_MS);
      });
    });
  }

  /** Asks the leader alone, as container runtimes do. */
  signal(name: NodeJS.Signals): void {
    if (!this.#isOver) this.#child.kill(name);
  }

  /** Ends the whole group at once. */
  endNow(): void {
    if (this.pid !== undefined && !this.#isOver) endProcessGroup(this.pid);
  }
}
