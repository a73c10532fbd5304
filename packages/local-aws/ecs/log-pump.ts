import { StringDecoder } from "node:string_decoder";

/** How often output goes on to the logs. */
const TURN_MS = 100;
const TURN_LINES = 500;
/** A task may write this much at once, and this much a second for ever: a flood must push out nobody else's logs. */
const BURST_BYTES = 4 * 1024 * 1024;
const BYTES_PER_SECOND = 128 * 1024;
/** What a line costs beside its text. */
const LINE_BYTES = 128;
/** CloudWatch Logs takes events of up to 256 KB; longer lines are cut into several. */
const LINE_MAX_BYTES = 256 * 1024;
const DEFAULT_BUFFER_BYTES = 10 * 1024 * 1024;
/** Most the stand-in holds back: its own memory, and how far the logs lie behind, are worth more than a flood. */
const MOST_BUFFER_BYTES = 2 * 1024 * 1024;
const DRAIN_LINES = 10_000;
/** What was dropped is told no more often. */
const NOTE_MS = 1000;

export type LogPumpOptions = {
  write(line: string, timestampMs: number): void;
  /** `blocking` holds the task up while the buffer is full; `non-blocking` drops its oldest lines. */
  mode: "blocking" | "non-blocking";
  bufferBytes?: number;
};

/** `4m`, `512k`, `1000`: bytes. */
export const readBufferSize = (text: string | undefined): number => {
  const [, number, unit = ""] = /^(\d+)\s*([kmg]?)b?$/i.exec(text ?? "") ?? [];
  if (number === undefined) return DEFAULT_BUFFER_BYTES;
  return Number(number) * { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase() as "" | "k" | "m" | "g"];
};

/** Takes a container's output line by line to the logs, no faster than the stand-in bears. */
export class LogPump {
  readonly #options: LogPumpOptions;
  readonly #limitBytes: number;
  readonly #streams = new Set<NodeJS.ReadableStream>();
  #lines: { text: string; atMs: number }[] = [];
  #head = 0;
  #sizeBytes = 0;
  #dropped = 0;
  #toldMs = 0;
  #budgetBytes = BURST_BYTES;
  #paidMs = Date.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LogPumpOptions) {
    this.#options = options;
    this.#limitBytes = Math.min(options.bufferBytes ?? DEFAULT_BUFFER_BYTES, MOST_BUFFER_BYTES);
  }

  attach(stream: NodeJS.ReadableStream | null): void {
    if (!stream) return;
    this.#streams.add(stream);
    const decoder = new StringDecoder("utf8");
    let rest = "";
    stream.on("data", (chunk: Buffer) => {
      const parts = (rest + decoder.write(chunk)).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#push(part);
      while (rest.length > LINE_MAX_BYTES) {
        this.#push(rest.slice(0, LINE_MAX_BYTES));
        rest = rest.slice(LINE_MAX_BYTES);
      }
      if (this.#options.mode === "blocking" && this.#sizeBytes > this.#limitBytes) stream.pause();
    });
    stream.on("end", () => {
      const last = rest + decoder.end();
      rest = "";
      if (last !== "") this.#push(last);
      this.#streams.delete(stream);
    });
    stream.on("error", () => this.#streams.delete(stream));
  }

  #push(text: string): void {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (line === "") return;
    this.#lines.push({ text: line, atMs: Date.now() });
    this.#sizeBytes += line.length;
    while (this.#options.mode === "non-blocking" && this.#sizeBytes > this.#limitBytes) this.#dropOldest();
    this.#timer ??= setTimeout(() => this.#turn(), TURN_MS).unref();
  }

  #dropOldest(): void {
    this.#sizeBytes -= this.#lines[this.#head]?.text.length ?? 0;
    this.#head += 1;
    this.#dropped += 1;
    this.#compact();
  }

  #compact(): void {
    if (this.#head < 1000 || this.#head * 2 < this.#lines.length) return;
    this.#lines = this.#lines.slice(this.#head);
    this.#head = 0;
  }

  #writeSome(mostLines: number, mostBytes: number): void {
    for (let count = 0, bytes = 0; count < mostLines && bytes < mostBytes; count += 1) {
      const line = this.#lines[this.#head];
      if (!line) break;
      this.#head += 1;
      bytes += line.text.length + LINE_BYTES;
      this.#sizeBytes -= line.text.length;
      this.#budgetBytes -= line.text.length + LINE_BYTES;
      this.#options.write(line.text, line.atMs);
    }
    this.#compact();
    if (this.#dropped > 0 && Date.now() - this.#toldMs >= NOTE_MS) {
      this.#toldMs = Date.now();
      this.#options.write(
        `awslogs: the buffer of the log driver was full; ${this.#dropped} lines were dropped`,
        Date.now(),
      );
      this.#dropped = 0;
    }
  }

  #turn(): void {
    this.#timer = undefined;
    const nowMs = Date.now();
    const earned = ((nowMs - this.#paidMs) * BYTES_PER_SECOND) / 1000;
    this.#budgetBytes = Math.min(BURST_BYTES, this.#budgetBytes + earned);
    this.#paidMs = nowMs;
    this.#writeSome(TURN_LINES, Math.max(0, this.#budgetBytes));
    if (this.#sizeBytes <= this.#limitBytes) for (const stream of this.#streams) stream.resume();
    if (this.#head < this.#lines.length) this.#timer = setTimeout(() => this.#turn(), TURN_MS).unref();
  }

  /** Writes what is left, in slices between other work; of a flood, the newest lines. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#lines.length - this.#head > DRAIN_LINES) this.#dropOldest();
    while (this.#head < this.#lines.length) {
      this.#writeSome(500, Number.POSITIVE_INFINITY);
      await new Promise((resolve) => setImmediate(resolve));
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
