import type { TimelineEvent } from "@samla/contracts";
import { parseMessage } from "./event-message.ts";

export type LiveState =
  | { kind: "off" }
  | { kind: "connecting" }
  | { kind: "live" }
  /** Broken; it tries again at this time. */
  | { kind: "waiting"; retryAtMs: number };

/** The part of a WebSocket that is used. */
export type LiveSocket = {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
};

export interface LivePorts {
  /** A fresh address with its one-time ticket. */
  askTicket(): Promise<{ url: string }>;
  openSocket(url: string): LiveSocket;
  /** Events after an id, oldest first, one page. */
  listAfter(
    id: string,
    cursor: string | undefined,
  ): Promise<{ items: TimelineEvent[]; nextCursor?: string | undefined }>;
  now(): number;
  random(): number;
}

const pingEveryMs = 45_000;
const pongWithinMs = 15_000;
const firstDelayMs = 1000;
const delayMaxMs = 30_000;
const gapPagesMax = 20;

/** Wait before the next try: 1, 2, 4 … 30 s, less up to a third by chance, so that pages do not come back all at once. */
export const reconnectDelayMs = (failures: number, random: number): number => {
  const full = Math.min(delayMaxMs, firstDelayMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full - (full / 3) * random);
};

/**
 * The live timeline. It reconnects by itself with growing waits, and after each connection asks for what happened in
 * between, so that a listener sees every event once, in order of arrival. `onEvents` is never called with a repeat.
 */
export class LiveConnection {
  readonly #ports: LivePorts;
  readonly #onEvents: (events: TimelineEvent[]) => void;
  readonly #onState: (state: LiveState) => void;
  readonly #onOther: (data: string) => void;
  #state: LiveState = { kind: "off" };
  #socket: LiveSocket | undefined;
  #lastId: string | undefined;
  readonly #seen = new Set<string>();
  #failures = 0;
  #run = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #pong: ReturnType<typeof setTimeout> | undefined;

  /** `onOther` gets what the socket sends besides the timeline. */
  constructor(
    ports: LivePorts,
    onEvents: (events: TimelineEvent[]) => void,
    onState: (state: LiveState) => void,
    onOther: (data: string) => void = () => undefined,
  ) {
    this.#ports = ports;
    this.#onEvents = onEvents;
    this.#onState = onState;
    this.#onOther = onOther;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Says what is known already, so that a gap can be filled from there. */
  seed(newestId: string): void {
    if (this.#lastId !== undefined && this.#lastId >= newestId) return;
    const isFirst = this.#lastId === undefined;
    this.#lastId = newestId;
    if (isFirst && this.#state.kind === "live") void this.#fillGap(this.#run);
  }

  start(): void {
    if (this.#state.kind !== "off") return;
    this.#failures = 0;
    void this.#connect();
  }

  stop(): void {
    this.#run += 1;
    this.#drop();
    this.#set({ kind: "off" });
  }

  /** Tries at once instead of waiting on, such as when the browser is online again. */
  retryNow(): void {
    if (this.#state.kind !== "waiting") return;
    void this.#connect();
  }

  /** Sends a message while the connection is live; else it is dropped, and whoever sent it asks again when it is. */
  send(message: object): void {
    if (this.#state.kind === "live") this.#socket?.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    this.#run += 1;
    const run = this.#run;
    this.#drop();
    this.#set({ kind: "connecting" });
    try {
      const { url } = await this.#ports.askTicket();
      if (run !== this.#run) return;
      const socket = this.#ports.openSocket(url);
      this.#socket = socket;
      socket.onopen = () => {
        if (run !== this.#run) return;
        this.#failures = 0;
        this.#set({ kind: "live" });
        this.#ping = setInterval(() => this.#sendPing(run), pingEveryMs);
        void this.#fillGap(run);
      };
      socket.onmessage = (message) => {
        if (run === this.#run) this.#receive(message.data);
      };
      socket.onclose = () => this.#fail(run);
    } catch {
      this.#fail(run);
    }
  }

  #fail(run: number): void {
    if (run !== this.#run) return;
    this.#run += 1;
    this.#drop();
    this.#failures += 1;
    const delayMs = reconnectDelayMs(this.#failures, this.#ports.random());
    this.#set({ kind: "waiting", retryAtMs: this.#ports.now() + delayMs });
    this.#retry = setTimeout(() => void this.#connect(), delayMs);
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    clearTimeout(this.#pong);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #sendPing(run: number): void {
    this.#socket?.send(JSON.stringify({ action: "ping" }));
    clearTimeout(this.#pong);
    this.#pong = setTimeout(() => this.#fail(run), pongWithinMs);
  }

  #receive(data: unknown): void {
    clearTimeout(this.#pong);
    const message = parseMessage(data);
    if (message?.type === "event") this.#deliver([message.event]);
    else if (!message && typeof data === "string") this.#onOther(data);
  }

  async #fillGap(run: number): Promise<void> {
    const after = this.#lastId;
    if (after === undefined) return;
    let cursor: string | undefined;
    try {
      for (let page = 0; page < gapPagesMax; page += 1) {
        const answer = await this.#ports.listAfter(after, cursor);
        if (run !== this.#run) return;
        this.#deliver(answer.items);
        if (!answer.nextCursor) return;
        cursor = answer.nextCursor;
      }
    } catch {
      this.#fail(run);
    }
  }

  #deliver(events: readonly TimelineEvent[]): void {
    const fresh = events.filter((event) => !this.#seen.has(event.id));
    for (const event of fresh) {
      this.#seen.add(event.id);
      if (this.#lastId === undefined || event.id > this.#lastId) this.#lastId = event.id;
    }
    if (this.#seen.size > 5000) {
      const old = [...this.#seen].slice(0, 2500);
      for (const id of old) this.#seen.delete(id);
    }
    if (fresh.length > 0) this.#onEvents(fresh);
  }

  #set(state: LiveState): void {
    this.#state = state;
    this.#onState(state);
  }
}
