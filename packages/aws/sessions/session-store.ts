/** A session as it is kept: who and until when in the clear, the tokens sealed by whoever writes it. */
export type StoredSession = {
  /** Hash of the id in the cookie, so that reading the table gives no way in. */
  id: string;
  userId: string;
  sealed: string;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  expiresAtMs: number;
  /** Counts changes of `sealed`. */
  revision: number;
};

/** Where sessions live. */
export interface SessionStore {
  /** Undefined when there is none or it has ended. */
  get(id: string): Promise<StoredSession | undefined>;
  create(session: StoredSession): Promise<void>;
  /** Claims the right to change the session for `leaseMs`; false when another holds it or the revision has moved on. */
  lease(id: string, revision: number, leaseMs: number): Promise<boolean>;
  /** Writes `sealed` and the end of a session at `revision`, ends the lease. False when it is gone or has moved on. */
  replace(id: string, revision: number, change: Pick<StoredSession, "sealed" | "expiresAtMs">): Promise<boolean>;
  /** Gives the lease back without a change. */
  release(id: string, revision: number): Promise<void>;
  remove(id: string): Promise<void>;
  /** Ends every session of a user; how many there were. */
  removeAllOf(userId: string): Promise<number>;
}
