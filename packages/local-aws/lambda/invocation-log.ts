import { StringDecoder } from "node:string_decoder";

type Report = {
  durationMs: number;
  memorySizeMb: number;
  maxMemoryBytes: number;
  initDurationMs: number | undefined;
};

/** What `LogType: Tail` answers at most. */
const TAIL_BYTES = 4096;
/** A line longer than this is cut into several events, as CloudWatch Logs limits events to 256 KB and more. */
const LINE_LIMIT = 200_000;

/** Turns one environment's output into log events with Lambda's START, END and REPORT lines, and keeps the tail. */
export class InvocationLog {
  readonly group: string;
  readonly stream: string;
  readonly #write: (group: string, stream: string, message: string, timestampMs: number) => void;
  readonly #partial = { stdout: "", stderr: "" };
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  #tail = "";

  constructor(options: {
    group: string;
    stream: string;
    write(group: string, stream: string, message: string, timestampMs: number): void;
  }) {
    this.group = options.group;
    this.stream = options.stream;
    this.#write = options.write;
  }

  /** Takes bytes of the process; whole lines become events. */
  take(source: "stdout" | "stderr", chunk: Buffer): void {
    const lines = (this.#partial[source] + this.#decoders[source].write(chunk)).split("\n");
    let rest = lines.pop() ?? "";
    while (rest.length > LINE_LIMIT) {
      lines.push(rest.slice(0, LINE_LIMIT));
      rest = rest.slice(LINE_LIMIT);
    }
    this.#partial[source] = rest;
    for (const line of lines) this.note(line.replaceAll("\r", "\n"));
  }

  note(message: string): void {
    if (message === "") return;
    this.#write(this.group, this.stream, message, Date.now());
    this.#tail = `${this.#tail}${message}\n`.slice(-TAIL_BYTES);
  }

  begin(requestId: string): void {
    this.#tail = "";
    this.note(`START RequestId: ${requestId} Version: $LATEST`);
  }

  /** Writes END and REPORT and gives the invocation's last 4 KB. */
  finish(requestId: string, report: Report): string {
    this.flush();
    this.note(`END RequestId: ${requestId}`);
    const parts = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${report.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(report.durationMs)} ms`,
      `Memory Size: ${report.memorySizeMb} MB`,
      `Max Memory Used: ${Math.ceil(report.maxMemoryBytes / 1048576)} MB`,
    ];
    if (report.initDurationMs !== undefined) parts.push(`Init Duration: ${report.initDurationMs.toFixed(2)} ms`);
    this.note(parts.join("\t"));
    return this.#tail;
  }

  /** Lines that did not end with a line break. */
  flush(): void {
    for (const source of ["stdout", "stderr"] as const) {
      const rest = this.#partial[source];
      this.#partial[source] = "";
      this.note(rest.replaceAll("\r", "\n"));
    }
  }
}
