export type CachedResponse = { statusCode: number; headers: Record<string, string | string[]>; body: Buffer };

const ENTRY_OVERHEAD_BYTES = 512;

/** Answers kept for a time, least recently used out first when their size passes the limit. */
export class ResponseCache {
  readonly #limitBytes: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, { response: CachedResponse; sizeBytes: number; expiresMs: number }>();
  #sizeBytes = 0;

  constructor(limitBytes: number, now: () => number = Date.now) {
    this.#limitBytes = limitBytes;
    this.#now = now;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get(key: string): CachedResponse | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.expiresMs <= this.#now()) {
      this.#sizeBytes -= entry.sizeBytes;
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry.response;
  }

  set(key: string, response: CachedResponse, ttlSeconds: number): void {
    this.delete(key);
    const sizeBytes = response.body.length + key.length + ENTRY_OVERHEAD_BYTES;
    if (ttlSeconds <= 0 || sizeBytes > this.#limitBytes) return;
    this.#entries.set(key, { response, sizeBytes, expiresMs: this.#now() + ttlSeconds * 1000 });
    this.#sizeBytes += sizeBytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#sizeBytes <= this.#limitBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#sizeBytes -= entry.sizeBytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#sizeBytes = 0;
  }
}
