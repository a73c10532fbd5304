import path from "node:path";
import { AwsError } from "../kernel/errors.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";
import type { Manifest } from "./manifest.ts";
import type { Finding, InventoryPackage } from "./scan/advisories.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS repositories (name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, settings TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS images (
  repository TEXT NOT NULL REFERENCES repositories(name) ON DELETE CASCADE, digest TEXT NOT NULL,
  media_type TEXT NOT NULL, artifact_type TEXT, size_bytes INTEGER NOT NULL, pushed_ms INTEGER NOT NULL,
  pulled_ms INTEGER, manifest BLOB NOT NULL, PRIMARY KEY (repository, digest)) STRICT;
CREATE TABLE IF NOT EXISTS tags (
  repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (repository, tag),
  FOREIGN KEY (repository, digest) REFERENCES images(repository, digest) ON DELETE CASCADE) STRICT;
CREATE TABLE IF NOT EXISTS layers (
  repository TEXT NOT NULL REFERENCES repositories(name) ON DELETE CASCADE, digest TEXT NOT NULL,
  PRIMARY KEY (repository, digest)) STRICT;
CREATE TABLE IF NOT EXISTS uses (
  repository TEXT NOT NULL, image TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (repository, image, digest),
  FOREIGN KEY (repository, image) REFERENCES images(repository, digest) ON DELETE CASCADE) STRICT;
CREATE TABLE IF NOT EXISTS scans (
  repository TEXT NOT NULL, digest TEXT NOT NULL, status TEXT NOT NULL, description TEXT NOT NULL, result TEXT,
  PRIMARY KEY (repository, digest),
  FOREIGN KEY (repository, digest) REFERENCES images(repository, digest) ON DELETE CASCADE) STRICT;
CREATE TABLE IF NOT EXISTS registry_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS replications (
  repository TEXT NOT NULL, digest TEXT NOT NULL, region TEXT NOT NULL, status TEXT NOT NULL, failure TEXT,
  PRIMARY KEY (repository, digest, region),
  FOREIGN KEY (repository, digest) REFERENCES images(repository, digest) ON DELETE CASCADE) STRICT;
CREATE INDEX IF NOT EXISTS uses_by_digest ON uses (digest);
`;

export type RepositorySettings = {
  tagMutability: "MUTABLE" | "IMMUTABLE";
  scanOnPush: boolean;
  encryption: { encryptionType: string; kmsKey?: string };
  lifecyclePolicy?: string;
  policy?: string;
  tags: Record<string, string>;
};

/** What a scan says; `result` when it is complete. */
export type Scan = {
  status: "IN_PROGRESS" | "COMPLETE" | "FAILED" | "UNSUPPORTED_IMAGE";
  description: string;
  result: { completedMs: number; advisoriesMs: number; findings: Finding[]; packages: InventoryPackage[] } | undefined;
};

export type Replication = { region: string; status: "IN_PROGRESS" | "COMPLETE" | "FAILED"; failure?: string };

export type Repository = { name: string; createdMs: number; settings: RepositorySettings };

export type StoredImage = {
  digest: string;
  mediaType: string;
  artifactType: string | undefined;
  sizeBytes: number;
  pushedMs: number;
  pulledMs: number | undefined;
  manifest: Buffer;
  tags: string[];
};

type ImageRow = {
  digest: string;
  media_type: string;
  artifact_type: string | null;
  size_bytes: number;
  pushed_ms: number;
  pulled_ms: number | null;
  manifest: Uint8Array;
  tags: string | null;
};

const imageOf = (row: ImageRow): StoredImage => ({
  digest: row.digest,
  mediaType: row.media_type,
  artifactType: row.artifact_type ?? undefined,
  sizeBytes: row.size_bytes,
  pushedMs: row.pushed_ms,
  pulledMs: row.pulled_ms ?? undefined,
  manifest: Buffer.from(row.manifest),
  tags: row.tags ? (JSON.parse(row.tags) as string[]).sort() : [],
});

const imageColumns = `i.*, (SELECT json_group_array(t.tag) FROM tags t
  WHERE t.repository = i.repository AND t.digest = i.digest) AS tags`;

/** Repositories, images, tags and which blobs belong to which: the rows beside the blob files. */
export class RegistryStore {
  readonly #db: Database;
  readonly #accountId: string;

  constructor(dir: string, accountId: string) {
    this.#db = openDatabase(path.join(dir, "ecr.db"), SCHEMA);
    this.#accountId = accountId;
  }

  createRepository(name: string, settings: RepositorySettings, nowMs: number): Repository {
    if (this.findRepository(name))
      throw new AwsError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${this.#accountId}'`,
      );
    this.#db.run("INSERT INTO repositories VALUES (?, ?, ?)", name, nowMs, JSON.stringify(settings));
    return { name, createdMs: nowMs, settings };
  }

  findRepository(name: string): Repository | undefined {
    const row = this.#db.get<{ name: string; created_ms: number; settings: string }>(
      "SELECT * FROM repositories WHERE name = ?",
      name,
    );
    return row && { name: row.name, createdMs: row.created_ms, settings: JSON.parse(row.settings) };
  }

  /** @throws AwsError `RepositoryNotFoundException` */
  getRepository(name: string): Repository {
    const found = this.findRepository(name);
    if (!found)
      throw new AwsError(
        "RepositoryNotFoundException",
        `The repository with name '${name}' does not exist in the registry with id '${this.#accountId}'`,
      );
    return found;
  }

  /** Names after `after`, in order. */
  listRepositories(after: string, limit: number): Repository[] {
    return this.#db
      .all<{ name: string }>("SELECT name FROM repositories WHERE name > ? ORDER BY name LIMIT ?", after, limit)
      .map(({ name }) => this.getRepository(name));
  }

  changeRepository(name: string, change: (settings: RepositorySettings) => RepositorySettings): Repository {
    return this.#db.transaction(() => {
      const found = this.getRepository(name);
      const settings = change(found.settings);
      this.#db.run("UPDATE repositories SET settings = ? WHERE name = ?", JSON.stringify(settings), name);
      return { ...found, settings };
    });
  }

  deleteRepository(name: string): void {
    this.#db.run("DELETE FROM repositories WHERE name = ?", name);
  }

  /** Images after the digest `after`, in the order of digests. */
  listImages(repository: string, after = "", limit = 10_000): StoredImage[] {
    return this.#db
      .all<ImageRow>(
        `SELECT ${imageColumns} FROM images i WHERE repository = ? AND digest > ? ORDER BY digest LIMIT ?`,
        repository,
        after,
        limit,
      )
      .map(imageOf);
  }

  /** By digest or by tag. */
  findImage(repository: string, reference: { digest?: string; tag?: string }): StoredImage | undefined {
    const tagged = reference.tag === undefined ? undefined : this.digestOfTag(repository, reference.tag);
    const digest = reference.digest ?? tagged;
    if (!digest || (reference.tag !== undefined && tagged !== digest)) return undefined;
    const row = this.#db.get<ImageRow>(
      `SELECT ${imageColumns} FROM images i WHERE repository = ? AND digest = ?`,
      repository,
      digest,
    );
    return row && imageOf(row);
  }

  digestOfTag(repository: string, tag: string): string | undefined {
    return this.#db.get<{ digest: string }>("SELECT digest FROM tags WHERE repository = ? AND tag = ?", repository, tag)
      ?.digest;
  }

  /**
   * Keeps an image and, with `tag`, moves the tag to it, in one transaction.
   * @throws AwsError `ImageAlreadyExistsException`, or `ImageTagAlreadyExistsException` where tags are immutable
   */
  putImage(
    repository: string,
    image: { digest: string; manifest: Buffer; parsed: Manifest; sizeBytes: number; tag: string | undefined },
    nowMs: number,
  ): void {
    this.#db.transaction(() => {
      const { settings } = this.getRepository(repository);
      const held = image.tag === undefined ? undefined : this.digestOfTag(repository, image.tag);
      if (held && held !== image.digest && settings.tagMutability === "IMMUTABLE")
        throw new AwsError(
          "ImageTagAlreadyExistsException",
          `The image tag '${image.tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`,
        );
      const known = this.findImage(repository, { digest: image.digest });
      if (known && (image.tag === undefined || held === image.digest))
        throw new AwsError(
          "ImageAlreadyExistsException",
          `Image with digest '${image.digest}' and tag '${image.tag ?? ""}' already exists in the repository with name '${repository}'`,
        );
      if (!known) {
        this.#db.run(
          "INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
          repository,
          image.digest,
          image.parsed.mediaType,
          image.parsed.artifactType ?? null,
          image.sizeBytes,
          nowMs,
          image.manifest,
        );
        const used = [image.parsed.config, ...image.parsed.layers, ...image.parsed.manifests];
        for (const one of used)
          if (one) this.#db.run("INSERT OR IGNORE INTO uses VALUES (?, ?, ?)", repository, image.digest, one.digest);
      }
      if (image.tag !== undefined)
        this.#db.run("INSERT OR REPLACE INTO tags VALUES (?, ?, ?)", repository, image.tag, image.digest);
    });
  }

  removeTag(repository: string, tag: string): void {
    this.#db.run("DELETE FROM tags WHERE repository = ? AND tag = ?", repository, tag);
  }

  removeImage(repository: string, digest: string): void {
    this.#db.run("DELETE FROM images WHERE repository = ? AND digest = ?", repository, digest);
  }

  /** An index of the repository that names this image: it cannot go while that is there. */
  isPartOfIndex(repository: string, digest: string): boolean {
    return (
      this.#db.get(
        "SELECT 1 FROM uses u JOIN images i ON i.repository = u.repository AND i.digest = u.digest WHERE u.repository = ? AND u.digest = ?",
        repository,
        digest,
      ) !== undefined
    );
  }

  recordPull(repository: string, digest: string, nowMs: number): void {
    this.#db.run("UPDATE images SET pulled_ms = ? WHERE repository = ? AND digest = ?", nowMs, repository, digest);
  }

  addLayer(repository: string, digest: string): void {
    this.#db.run("INSERT OR IGNORE INTO layers VALUES (?, ?)", repository, digest);
  }

  hasLayer(repository: string, digest: string): boolean {
    return this.#db.get("SELECT 1 FROM layers WHERE repository = ? AND digest = ?", repository, digest) !== undefined;
  }

  /** Whether any image of any repository needs the blob. */
  isUsed(digest: string): boolean {
    return this.#db.get("SELECT 1 FROM uses WHERE digest = ?", digest) !== undefined;
  }

  putScan(repository: string, digest: string, scan: Scan): void {
    this.#db.run(
      "INSERT OR REPLACE INTO scans VALUES (?, ?, ?, ?, ?)",
      repository,
      digest,
      scan.status,
      scan.description,
      scan.result === undefined ? null : JSON.stringify(scan.result),
    );
  }

  findScan(repository: string, digest: string): Scan | undefined {
    const row = this.#db.get<{ status: Scan["status"]; description: string; result: string | null }>(
      "SELECT status, description, result FROM scans WHERE repository = ? AND digest = ?",
      repository,
      digest,
    );
    return row && { ...row, result: row.result === null ? undefined : JSON.parse(row.result) };
  }

  /** Scans that had begun when the process ended. */
  listScansUnderWay(): { repository: string; digest: string }[] {
    return this.#db.all("SELECT repository, digest FROM scans WHERE status = 'IN_PROGRESS'");
  }

  getSetting(name: string): unknown {
    const row = this.#db.get<{ value: string }>("SELECT value FROM registry_settings WHERE name = ?", name);
    return row && JSON.parse(row.value);
  }

  putSetting(name: string, value: unknown): void {
    this.#db.run("INSERT OR REPLACE INTO registry_settings VALUES (?, ?)", name, JSON.stringify(value));
  }

  putReplication(repository: string, digest: string, one: Replication): void {
    const { region, status, failure } = one;
    this.#db.run(
      "INSERT OR REPLACE INTO replications VALUES (?, ?, ?, ?, ?)",
      repository,
      digest,
      region,
      status,
      failure ?? null,
    );
  }

  listReplications(repository: string, digest: string): Replication[] {
    return this.#db
      .all<{ region: string; status: Replication["status"]; failure: string | null }>(
        "SELECT region, status, failure FROM replications WHERE repository = ? AND digest = ? ORDER BY region",
        repository,
        digest,
      )
      .map(({ failure, ...one }) => ({ ...one, ...(failure === null ? {} : { failure }) }));
  }

  /** Copies that had begun when the process ended. */
  listReplicationsUnderWay(): { repository: string; digest: string; region: string }[] {
    return this.#db.all("SELECT repository, digest, region FROM replications WHERE status = 'IN_PROGRESS'");
  }

  /** Whether any repository has an image of this digest. */
  hasImage(digest: string): boolean {
    return this.#db.get("SELECT 1 FROM images WHERE digest = ?", digest) !== undefined;
  }

  close(): void {
    this.#db.close();
  }
}
