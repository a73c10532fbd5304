import type { LogLine, StartTailMessage, TailMessage } from "@samla/contracts";
import { writeTailPosition } from "@samla/contracts/plain";

export type TailState = "off" | "connecting" | "live" | "waiting" | "refused";
/** A line, and what is left out before it. */
export type TailLine = LogLine & { skippedBefore?: string };

export type TailView = { state: TailState; lines: readonly TailLine[]; skipped: number; refusal: string | undefined };

const keptLinesMax = 2000;
const retryMs = 3000;
/** A turn says that it is live within this long, and ends by itself after 25 s: whatever is silent longer has died. */
const answerWithinMs = 12_000;
const turnWithinMs = 40_000;

const count = new Intl.NumberFormat("en-GB");
export const sayLines = (lines: number): string => `${count.format(lines)} ${lines === 1 ? "line" : "lines"}`;

const byTime = (a: LogLine, b: LogLine): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** Lines in the order of their time, each once; among those of one millisecond the order of `fresh` holds. */
export const mergeLines = <T extends LogLine>(before: readonly T[], fresh: readonly T[]): readonly T[] => {
  const known = new Map(before.map((line) => [line.id, line]));
  const added = fresh.filter(({ id }) => !known.has(id));
  if (added.length === 0) return before;
  const last = before.at(-1);
  if (!last || added.every((line) => line.at > last.at)) return [...before, ...added];
  const ids = new Set(fresh.map(({ id }) => id));
  const rest = before.filter(({ id }) => !ids.has(id));
  return [...rest, ...fresh.map((line) => known.get(line.id) ?? line)].toSorted(byTime);
};

const isTailMessage = (value: unknown): value is TailMessage => {
  const message = value as Partial<TailMessage> | null;
  return typeof message === "object" && message !== null && /^tail\.(live|lines|end)$/.test(String(message.type));
};

const parseTail = (data: string): TailMessage | undefined => {
  try {
    const message: unknown = JSON.parse(data);
    return isTailMessage(message) ? message : undefined;
  } catch {
    return undefined;
  }
};

let tails = 0;
/** Names a tail of this page. */
export const nextTailId = (): string => {
  tails += 1;
  return `t${tails.toString(36)}`;
};

/** Where a tail begins that follows this line. */
export const positionAfter = (line: LogLine): string =>
  writeTailPosition({ atMs: Date.parse(line.at), floorMs: 0, id: line.id });

type TailQuery = Omit<StartTailMessage, "action" | "id" | "turn" | "after">;

/**
 * One live tail over the page's connection. The server works in turns; after each, and after a break, this asks for the
 * next one from the place it has come to, so that no line is lost and none is shown twice.
 */
export class LogTail {
  readonly #id = nextTailId();
  readonly #query: TailQuery;
  readonly #send: (message: object) => void;
  readonly #onView: (view: TailView) => void;
  #view: TailView = { state: "connecting", lines: [], skipped: 0, refusal: undefined };
  #after: string | undefined;
  #turn = 0;
  #isConnected = false;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    query: TailQuery,
    after: string | undefined,
    ports: { send: (message: object) => void; onView: (view: TailView) => void },
  ) {
    this.#query = query;
    this.#after = after;
    this.#send = ports.send;
    this.#onView = ports.onView;
  }

  setLive(isLive: boolean): void {
    if (this.#isOver || isLive === this.#isConnected) return;
    this.#isConnected = isLive;
    if (isLive) this.#ask();
    else this.#wait();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (this.#turn > 0 && this.#isConnected) this.#send({ action: "tail.stop", id: this.#id });
  }

  receive(data: string): void {
    const message = parseTail(data);
    if (this.#isOver || message?.id !== this.#id || message.turn !== this.#turn) return;
    if (message.type === "tail.end") this.#end(message);
    else {
      this.#after = message.after;
      this.#within(turnWithinMs);
      if (message.type === "tail.lines") this.#add(message);
      else this.#show({ state: "live" });
    }
  }

  #add(message: Extract<TailMessage, { type: "tail.lines" }>): void {
    const [first, ...others] = message.lines;
    const words = `${message.isAtLeast ? "More than " : ""}${sayLines(message.skipped)} skipped`;
    const lines: TailLine[] =
      first && message.skipped > 0 ? [{ ...first, skippedBefore: words }, ...others] : message.lines;
    this.#show({
      state: "live",
      lines: mergeLines(this.#view.lines, lines).slice(-keptLinesMax),
      skipped: this.#view.skipped + message.skipped,
    });
  }

  #end({ reason, text }: Extract<TailMessage, { type: "tail.end" }>): void {
    if (reason === "turn") this.#ask();
    else if (reason === "failed") this.#wait();
    else {
      this.#isOver = true;
      clearTimeout(this.#timer);
      this.#show({ state: "refused", refusal: text });
    }
  }

  #ask(): void {
    this.#turn += 1;
    // The next turn of a tail that goes well is no news.
    if (this.#view.state !== "live") this.#show({ state: "connecting" });
    const after = this.#after === undefined ? {} : { after: this.#after };
    this.#send({ action: "tail.start", id: this.#id, turn: this.#turn, ...this.#query, ...after });
    this.#within(answerWithinMs);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#show({ state: "waiting" });
    this.#timer = setTimeout(() => {
      if (this.#isConnected) this.#ask();
    }, retryMs);
  }

  /** What is silent for longer is asked again. */
  #within(forMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wait(), forMs);
  }

  #show(change: Partial<TailView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }
}
