import { chmodSync } from "node:fs";
import path from "node:path";
import { type Database, openDatabase } from "../kernel/sqlite.ts";

export type SecretVersion = {
  id: string;
  createdAt: number;
  secretString?: string;
  /** Base64, as it came. */
  secretBinary?: string;
  stages: string[];
};

export type SecretRecord = {
  name: string;
  arn: string;
  description?: string;
  createdAt: number;
  changedAt: number;
  accessedAt?: number;
  /** When it was deleted; it can be restored until `purgeAt`. Seconds. */
  deletedAt?: number;
  purgeAt?: number;
  tags: Record<string, string>;
  versions: SecretVersion[];
};

/** Secrets in one SQLite file that only its owner can read. */
export class SecretStore {
  readonly #db: Database;

  constructor(dir: string) {
    const file = path.join(dir, "secrets.db");
    this.#db = openDatabase(
      file,
      "CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, arn TEXT NOT NULL, body TEXT NOT NULL) STRICT;",
    );
    chmodSync(file, 0o600);
  }

  #parse(row: { body: string } | undefined): SecretRecord | undefined {
    return row && (JSON.parse(row.body) as SecretRecord);
  }

  /** By name, ARN, or ARN without the six characters AWS adds. */
  find(reference: string): SecretRecord | undefined {
    if (!reference.startsWith("arn:"))
      return this.#parse(this.#db.get("SELECT body FROM secrets WHERE name = ?", reference));
    const exact = this.#db.get<{ body: string }>("SELECT body FROM secrets WHERE arn = ?", reference);
    return this.#parse(
      exact ?? this.#db.get("SELECT body FROM secrets WHERE SUBSTR(arn, 1, LENGTH(arn) - 7) = ?", reference),
    );
  }

  list(): SecretRecord[] {
    return this.#db
      .all<{ body: string }>("SELECT body FROM secrets ORDER BY name")
      .map(({ body }) => JSON.parse(body) as SecretRecord);
  }

  save(secret: SecretRecord): void {
    this.#db.run("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?)", secret.name, secret.arn, JSON.stringify(secret));
  }

  delete(name: string): void {
    this.#db.run("DELETE FROM secrets WHERE name = ?", name);
  }

  close(): void {
    this.#db.close();
  }
}
