import {
  type Build,
  BuildConfig,
  type Document,
  defaultUploadLimits,
  type Extraction,
  type Index,
  IndexSettings,
  type IndexSlug,
  type Role,
  type TimelineEvent,
} from "@samla/contracts";
import type { ProcessContext } from "./documents/index.ts";
import {
  type Actor,
  type Catalog,
  createEmbedderRegistry,
  createIds,
  type Embedder,
  type EngineContext,
  type EnginePassage,
  type Extractor,
  type ExtractProblem,
  Failure,
  type IndexRecord,
  isReadableBy,
  type NewEvent,
  type VersionRecord,
} from "./kernel/index.ts";
import { countInMemory, createMemoryAccess } from "./testing-access.ts";
import { createMemoryAnswers } from "./testing-answers.ts";
import { createMemoryBuilds } from "./testing-builds.ts";
import { createMemoryCare } from "./testing-care.ts";
import { createMemoryEvaluations, createMemoryQueries } from "./testing-evaluations.ts";
import { createMemoryNotes } from "./testing-notes.ts";
import { createMemoryEngine, createMemoryObjects, createMemoryQueues } from "./testing-ports.ts";

/** In-memory ports for tests of verbs. The real adapters have contract tests of their own. */

export type Calls = {
  /** Port calls so far. */
  count: number;
  /** Called before each port call; may throw, as a crash there would. */
  before: (name: string) => void;
};

/** Puts `calls` in front of every function of a port. */
const watched = <T extends object>(port: T, name: string, calls: Calls): T =>
  Object.fromEntries(
    Object.entries(port).map(([key, value]) => [
      key,
      typeof value === "function"
        ? async (...args: unknown[]) => {
            calls.count += 1;
            calls.before(`${name}.${key}`);
            return (value as (...args: unknown[]) => unknown)(...args);
          }
        : value,
    ]),
  ) as T;

const clone = <T>(value: T): T => structuredClone(value);

export const createMemoryCatalog = (now: () => number, newId: (prefix: string) => string) => {
  const indexes = new Map<string, IndexRecord>();
  const removed = new Set<string>();
  const builds = new Map<string, Build>();
  const documents = new Map<string, Document>();
  const announced = new Map<string, { documentId: string; versionId: string }>();
  const versions = new Map<string, VersionRecord>();
  const events: TimelineEvent[] = [];
  const access = createMemoryAccess({ documents, now });
  const care = createMemoryCare({ documents });
  const tell = (event: NewEvent | undefined, actor: Pick<Actor, "kind" | "id" | "name">): void => {
    if (event)
      events.push({
        ...event,
        id: newId("evt") as TimelineEvent["id"],
        at: new Date(now()).toISOString(),
        actor: { kind: actor.kind, id: actor.id, name: actor.name },
      });
  };
  const built = createMemoryBuilds({ indexes, builds, tell });
  const evaluated = createMemoryEvaluations({ documents, tell });
  const logged = createMemoryQueries();
  const answered = createMemoryAnswers();
  const living = (slug: string): Document[] =>
    [...documents.values()].filter((one) => one.index === slug && !one.deletedAt);
  const catalog: Partial<Catalog> = {
    ...access.catalog,
    ...care.catalog,
    ...evaluated.catalog,
    ...logged.catalog,
    ...answered.catalog,
    ...createMemoryNotes(now),
    listIndexes: async () => [...indexes.values()].map(clone),
    getIndex: async (slug) => clone(indexes.get(slug)),
    ...built.catalog,
    createIndex: async (index, build, fill, event, actor) => {
      if (indexes.has(index.slug)) throw new Failure("already_exists", "taken");
      indexes.set(index.slug, clone(index));
      builds.set(build.id, clone(build));
      built.fills.set(build.id, clone(fill));
      tell(event, actor);
    },
    changeIndex: async (index, event, actor) => {
      if (indexes.get(index.slug)?.revision !== index.revision - 1) throw new Failure("precondition_failed", "changed");
      indexes.set(index.slug, clone(index));
      tell(event, actor);
    },
    deleteIndex: async (slug, event, actor) => {
      indexes.delete(slug);
      removed.add(slug);
      tell(event, actor);
    },
    listRemovedIndexes: async () => [...removed],
    forgetRemovedIndex: async (slug) => void removed.delete(slug),
    listAnyDocuments: async (slug, limit) =>
      [...documents.values()]
        .filter((one) => one.index === slug)
        .slice(0, limit)
        .map(clone),
    createDocument: async (document, version, event, actor, after) => {
      const bytes = `${document.index}#${version.sha256}`;
      if (after !== undefined && (announced.get(bytes)?.versionId ?? null) !== after) return false;
      announced.set(bytes, { documentId: document.id, versionId: version.id });
      documents.set(document.id, clone(document));
      versions.set(version.id, clone(version));
      tell(event, actor);
      return true;
    },
    findLastAnnounced: async (slug, sha256) => clone(announced.get(`${slug}#${sha256}`)),
    getDocument: async (id) => clone(documents.get(id)),
    getDocuments: async (ids) =>
      new Map(ids.flatMap((id) => (documents.has(id) ? [[id, clone(documents.get(id) as Document)]] : []))),
    getVersion: async (_, id) => clone(versions.get(id)),
    listVersions: async (documentId) =>
      [...versions.values()].filter((one) => one.documentId === documentId).map(clone),
    getDocumentWithVersions: async (id) => {
      const document = clone(documents.get(id));
      return (
        document && { document, versions: [...versions.values()].filter((one) => one.documentId === id).map(clone) }
      );
    },
    findDocumentOfVersion: async (id) => versions.get(id)?.documentId,
    change: async (documentId, versionId, actor, decide) => {
      const document = documents.get(documentId);
      if (!document) return undefined;
      const version = versionId ? versions.get(versionId) : undefined;
      const next = decide(clone(document), clone(version));
      if (!next || (!next.document && !next.version && !next.addVersion))
        return { document: clone(document), version: clone(version), changed: false };
      if (next.document) {
        access.noteChange(document, next.document);
        documents.set(documentId, clone(next.document));
      }
      for (const one of [next.version, next.addVersion]) if (one) versions.set(one.id, clone(one));
      tell(next.event, actor);
      return clone({ document: next.document ?? document, version: next.version ?? version, changed: true });
    },
    countDocuments: async (slug, principals) =>
      countInMemory(
        [...documents.values()].filter((one) => one.index === slug),
        principals,
      ),
    listDocuments: async (query, principals) => {
      const sign = query.order === "asc" ? 1 : -1;
      type Place = Pick<Document, "updatedAt" | "id">;
      const compare = (a: Place, b: Place): number =>
        a.updatedAt === b.updatedAt ? (a.id < b.id ? -1 : 1) : a.updatedAt < b.updatedAt ? -sign : sign;
      const after = query.cursor ? (JSON.parse(query.cursor) as Place) : undefined;
      const left = [...documents.values()]
        .filter((one) => one.index === query.index && (one.deletedAt !== undefined) === query.deleted)
        .filter((one) => isReadableBy(principals, one.readers))
        .filter((one) => !after || (one.id !== after.id && compare(one, after) > 0))
        .sort(compare);
      const items = left.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(clone),
        ...(last && left.length > items.length
          ? { nextCursor: JSON.stringify({ updatedAt: last.updatedAt, id: last.id }) }
          : {}),
      };
    },
    findByHash: async (slug, sha256) =>
      [...versions.values()]
        .filter((one) => one.index === slug && one.sha256 === sha256)
        .map((one) => ({ documentId: one.documentId, versionId: one.id })),
    findByName: async (slug, path, name) =>
      living(slug)
        .filter((one) => one.path === path && one.name.toLowerCase() === name.toLowerCase())
        .map((one) => one.id),
    purgeDocument: async (document, event, actor) => {
      access.notePurge(documents.get(document.id) ?? document);
      documents.delete(document.id);
      for (const one of versions.values()) if (one.documentId === document.id) versions.delete(one.id);
      tell(event, actor);
    },
    listStale: async (slug, status, olderThan, limit) =>
      living(slug)
        .filter((one) => one.status === status && one.updatedAt < olderThan)
        .slice(0, limit)
        .map(clone),
    listPurgeable: async (slug, before, limit) =>
      [...documents.values()]
        .filter((one) => one.index === slug && one.purgeAt !== undefined && one.purgeAt < before)
        .slice(0, limit)
        .map(clone),
    listEvents: async () => ({ items: [...events].reverse() }),
    appendEvent: async (event, actor) => tell(event, actor),
  };
  return {
    catalog: catalog as Catalog,
    access,
    care,
    documents,
    versions,
    events,
    indexes,
    builds,
    built,
    evaluations: evaluated.evaluations,
    questions: evaluated.questions,
    queries: logged.queries,
    answers: answered.answers,
  };
};

export const testEmbedder: Embedder = {
  id: "test-2d",
  dimensions: 2,
  fusion: { kind: "weighted", vectorWeight: 0.15 },
  maxCharacters: 1000,
  label: "Test",
  local: true,
  instant: false,
  embed: async (texts) => texts.map((text) => new Float32Array([text.length, 1])),
};

/** Reads text files: each line is a passage, `# ` begins the title. */
export const testExtractor = (options: { fail?: () => Partial<ExtractProblem> | undefined } = {}): Extractor => ({
  extract: async ({ filePath, signal }) => {
    const problem = options.fail?.();
    if (problem) throw Object.assign(new Error(problem.detail ?? "odd"), problem);
    signal.throwIfAborted();
    const { readFile } = await import("node:fs/promises");
    const text = await readFile(filePath, "utf8");
    const title = /^# (.+)$/m.exec(text)?.[1];
    const extraction: Extraction = {
      kind: "text",
      mediaType: "text/plain",
      text,
      blocks: [],
      pages: [],
      warnings: [],
      ocrPages: 0,
      properties: {},
      ...(title ? { title } : {}),
    };
    return extraction;
  },
  split: (extraction) => {
    let start = 0;
    return extraction.text
      .split("\n")
      .map((text, n) => {
        const passage = { n, start, end: start + text.length, text, headingPath: [], tokensEstimated: 1 };
        start += text.length + 1;
        return passage;
      })
      .filter((passage) => passage.text !== "");
  },
});

export const actorOf = (...roles: Role[]): Actor => ({
  kind: "person",
  id: `a-${roles[0] ?? "nobody"}`,
  name: "Tester",
  roles,
  groups: [],
});

export const testSlug = "library" as IndexSlug;

/** A whole SAMLA in memory with one index, and what tests look at and turn. */
export const createTestWorld = async (options: { tempFile: () => string; extractor?: Extractor }) => {
  const clock = { now: Date.parse("2026-01-01T00:00:00Z") };
  const now = (): number => clock.now;
  const newId = createIds();
  const calls: Calls = { count: 0, before: () => undefined };
  const rows = createMemoryCatalog(now, newId);
  const store = createMemoryObjects();
  const queue = createMemoryQueues();
  const table = createMemoryEngine();
  const logged: { level: string; message: string }[] = [];
  const embed = watched({ embed: testEmbedder.embed }, "embedder", calls);
  const ctx: ProcessContext & EngineContext = {
    actor: actorOf("admin"),
    requestId: "req-1",
    now,
    newId,
    log: (level, message) => void logged.push({ level, message }),
    catalog: watched(rows.catalog, "catalog", calls),
    objects: watched(store.objects, "objects", calls),
    queues: watched(queue.queues, "queues", calls),
    engine: watched(table.engine, "engine", calls),
    embedders: createEmbedderRegistry([{ ...testEmbedder, ...embed }]),
    uploadLimits: defaultUploadLimits,
    extractor: options.extractor ?? testExtractor(),
    tempFile: options.tempFile,
    owner: "worker-1",
    signal: new AbortController().signal,
    leaseMs: 30_000,
  };
  const at = new Date(clock.now).toISOString();
  const build: Build = {
    id: newId("bld") as Build["id"],
    index: testSlug,
    status: "live",
    config: BuildConfig.parse({
      language: "English",
      targetTokens: 400,
      embedder: "test-2d",
      dimensions: 2,
      fusion: testEmbedder.fusion,
    }),
    note: "",
    createdAt: at,
    createdBy: "test",
    revision: 1,
  };
  const index: Omit<Index, "documents"> = {
    slug: testSlug,
    name: "Library",
    description: "",
    readers: ["everyone"],
    liveBuildId: build.id,
    language: "English",
    createdAt: at,
    createdBy: "test",
    updatedAt: at,
    revision: 1,
    settings: IndexSettings.parse({}),
  };
  rows.indexes.set(index.slug, index);
  rows.builds.set(build.id, build);
  table.tables.set(`${index.slug}/${build.id}`, []);
  const passages = (): EnginePassage[] => table.tables.get(`${index.slug}/${build.id}`) ?? [];
  return { ctx, clock, calls, rows, store, queue, table, logged, build, passages };
};

export type TestWorld = Awaited<ReturnType<typeof createTestWorld>>;
