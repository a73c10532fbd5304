import {
  afterFailedPut,
  needsFreshUrls,
  type PartDone,
  type PartToSend,
  planUpload,
  retryDelayMs,
  type UploadPlan,
} from "./upload-parts.ts";
import { PutError, type UploadPorts } from "./upload-ports.ts";

const partsAtOnce = 3;

/** At most `size` holders at a time. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  constructor(size: number) {
    this.#free = size;
  }
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/**
 * Sends what is missing of a file and returns all its parts. Parts that fail are tried again, with fresh URLs when
 * the old ones are refused. Rejects with PutError, ApiError or an AbortError.
 */
export const sendParts = async (
  ports: UploadPorts,
  connections: Semaphore,
  input: {
    file: File;
    versionId: string;
    plan: UploadPlan;
    onProgress: (sentBytes: number) => void;
    signal: AbortSignal;
  },
): Promise<PartDone[]> => {
  const { file, versionId, signal } = input;
  let plan = input.plan;
  let renewing: Promise<void> | undefined;
  const done = new Map(plan.done.map((part) => [part.number, part]));
  const onTheWire = new Map<number, number>();
  const report = () => {
    let sent = 0;
    for (const part of done.values()) sent += part.sizeBytes;
    for (const bytes of onTheWire.values()) sent += bytes;
    input.onProgress(sent);
  };
  const renew = (): Promise<void> => {
    renewing ??= ports.api
      .get(versionId, signal)
      .then((state) => {
        plan = planUpload(state, file.size);
        for (const part of plan.done) done.set(part.number, part);
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  const sendOne = async (part: PartToSend): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      if (needsFreshUrls(plan, ports.now())) await renew();
      if (done.has(part.number)) return;
      const url = plan.toSend.find((one) => one.number === part.number)?.url ?? part.url;
      try {
        const bytes = file.slice(part.start, part.end);
        const { etag } = await connections.run(() => {
          signal.throwIfAborted();
          return ports.put(
            url,
            bytes,
            plan.headers,
            (sent) => {
              onTheWire.set(part.number, sent);
              report();
            },
            signal,
          );
        });
        done.set(part.number, { number: part.number, etag: etag ?? "", sizeBytes: part.end - part.start });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PutError)) throw error;
        const next = afterFailedPut(error.failure, tries);
        if (next === "give-up") throw error;
        onTheWire.delete(part.number);
        report();
        if (error.failure.kind === "network") await ports.waitOnline(signal);
        await ports.sleep(retryDelayMs(tries, Math.random()), signal);
        if (next === "renew") await renew();
      } finally {
        onTheWire.delete(part.number);
        report();
      }
    }
  };
  report();
  const queue = [...plan.toSend];
  const lane = async (): Promise<void> => {
    for (let part = queue.shift(); part; part = queue.shift()) await sendOne(part);
  };
  await Promise.all(Array.from({ length: partsAtOnce }, lane));
  return [...done.values()].sort((a, b) => a.number - b.number);
};
