export type ThrottleSettings = { ratePerSecond: number; burst: number };

/** A token bucket: `burst` calls at once, `ratePerSecond` on average. The clock (ms) is given for tests. */
export class TokenBucket {
  readonly #settings: ThrottleSettings;
  readonly #now: () => number;
  #tokens: number;
  #atMs: number;

  constructor(settings: ThrottleSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
    this.#tokens = settings.burst;
    this.#atMs = now();
  }

  /** Takes a token: 0 when there was one, else the whole seconds until there is (at least 1). */
  take(): number {
    const { ratePerSecond, burst } = this.#settings;
    const now = this.#now();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#atMs) / 1000) * ratePerSecond);
    this.#atMs = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return ratePerSecond > 0 ? Math.max(1, Math.ceil((1 - this.#tokens) / ratePerSecond)) : 60;
  }
}
