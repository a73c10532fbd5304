import path from "node:path";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { openDatabase } from "../kernel/sqlite.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS artifacts(
  model TEXT NOT NULL, id TEXT NOT NULL, grant_id TEXT, uid TEXT, user_code TEXT, expires_at INTEGER,
  consumed_at INTEGER, payload TEXT NOT NULL, PRIMARY KEY(model, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS artifacts_grant ON artifacts(grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS artifacts_uid ON artifacts(model, uid) WHERE uid IS NOT NULL;
CREATE INDEX IF NOT EXISTS artifacts_expiry ON artifacts(expires_at) WHERE expires_at IS NOT NULL;
`;

// What a grant hands out. A pending interaction also names a grant, and must outlive the sign-out within it.
const ISSUED_MODELS = ["AuthorizationCode", "AccessToken", "RefreshToken"] as const;

type Row = { payload: string; consumed_at: number | null };

/** Sessions, grants, codes and refresh tokens of the issuer, in one SQLite file that outlives the process. */
export type ArtifactStore = {
  /** The storage of one of the provider's models, such as `RefreshToken`. */
  createAdapter(model: string): Adapter;
  /** Removes a grant with every code and token issued under it. */
  revokeGrant(grantId: string): void;
  removeExpired(): void;
  close(): void;
};

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

export function openArtifactStore(dir: string): ArtifactStore {
  const database = openDatabase(path.join(dir, "issuer.sqlite"), SCHEMA);
  const findBy = (column: "id" | "uid" | "user_code", model: string, value: string): AdapterPayload | undefined => {
    const row = database.get<Row>(
      `SELECT payload, consumed_at FROM artifacts WHERE model=? AND ${column}=? AND (expires_at IS NULL OR expires_at>?)`,
      model,
      value,
      nowSeconds(),
    );
    if (!row) return undefined;
    const payload = JSON.parse(row.payload) as AdapterPayload;
    return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at };
  };
  return {
    createAdapter: (model) => ({
      async upsert(id, payload, expiresInSeconds) {
        database.run(
          "INSERT OR REPLACE INTO artifacts(model, id, grant_id, uid, user_code, expires_at, consumed_at, payload) VALUES(?,?,?,?,?,?,?,?)",
          model,
          id,
          payload.grantId ?? null,
          payload.uid ?? null,
          payload.userCode ?? null,
          expiresInSeconds ? nowSeconds() + expiresInSeconds : null,
          null,
          JSON.stringify(payload),
        );
      },
      find: async (id) => findBy("id", model, id),
      findByUid: async (uid) => findBy("uid", model, uid),
      findByUserCode: async (userCode) => findBy("user_code", model, userCode),
      async consume(id) {
        const { changes } = database.run(
          "UPDATE artifacts SET consumed_at=? WHERE model=? AND id=? AND consumed_at IS NULL",
          nowSeconds(),
          model,
          id,
        );
        // Two requests may both have read it as unused; only one may use it.
        if (changes === 0) throw new errors.InvalidGrant("it was already used");
      },
      async destroy(id) {
        database.run("DELETE FROM artifacts WHERE model=? AND id=?", model, id);
      },
      async revokeByGrantId(grantId) {
        database.run("DELETE FROM artifacts WHERE model=? AND grant_id=?", model, grantId);
      },
    }),
    revokeGrant(grantId) {
      database.transaction(() => {
        for (const model of ISSUED_MODELS) {
          database.run("DELETE FROM artifacts WHERE model=? AND grant_id=?", model, grantId);
        }
        database.run("DELETE FROM artifacts WHERE model='Grant' AND id=?", grantId);
      });
    },
    removeExpired() {
      database.run("DELETE FROM artifacts WHERE expires_at IS NOT NULL AND expires_at<=?", nowSeconds());
    },
    close: () => database.close(),
  };
}
