import type { Build, Promotion } from "@samla/contracts";
import {
  type Actor,
  type BuildCatalog,
  type BuildDocumentRecord,
  Failure,
  type FillRecord,
  type IndexRecord,
  type NewEvent,
  notFound,
} from "./kernel/index.ts";

const clone = <T>(value: T): T => structuredClone(value);

/** Builds in memory, over the maps of the whole in-memory catalog. */
export const createMemoryBuilds = (deps: {
  indexes: Map<string, IndexRecord>;
  builds: Map<string, Build>;
  tell: (event: NewEvent | undefined, actor: Pick<Actor, "kind" | "id" | "name">) => void;
}) => {
  const { indexes, builds, tell } = deps;
  const fills = new Map<string, FillRecord>();
  const rows = new Map<string, Map<string, BuildDocumentRecord>>();
  const removed = new Map<string, Build>();
  const promotions: (Promotion & { index: string })[] = [];
  const rowsOf = (buildId: string): Map<string, BuildDocumentRecord> => {
    const found = rows.get(buildId) ?? new Map<string, BuildDocumentRecord>();
    rows.set(buildId, found);
    return found;
  };
  const changedMeanwhile = (): Failure => new Failure("conflict", "changed in the meantime");
  const catalog: BuildCatalog = {
    getBuild: async (_, id) => clone(builds.get(id)),
    listBuilds: async (slug) =>
      [...builds.values()]
        .filter((one) => one.index === slug)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .map(clone),
    getFills: async (ids) =>
      new Map(ids.flatMap((id) => (fills.has(id) ? [[id, clone(fills.get(id) as FillRecord)]] : []))),
    createBuild: async (build, fill, event, actor) => {
      if (!indexes.has(build.index)) throw notFound("index", build.index);
      builds.set(build.id, clone(build));
      fills.set(build.id, clone(fill));
      tell(event, actor);
    },
    changeBuild: async (_, id, actor, decide) => {
      const build = builds.get(id);
      if (!build) return undefined;
      const fill = fills.get(id);
      const next = decide(clone(build), clone(fill));
      if (!next) return { build: clone(build), fill: clone(fill), changed: false };
      if (next.build) builds.set(id, clone({ ...next.build, revision: build.revision + 1 }));
      if (next.fill) fills.set(id, clone(next.fill));
      tell(next.event, actor);
      return { build: clone(builds.get(id) as Build), fill: clone(fills.get(id)), changed: true };
    },
    deleteBuild: async (build, event, actor) => {
      if (builds.get(build.id)?.revision !== build.revision) throw changedMeanwhile();
      builds.delete(build.id);
      removed.set(build.id, clone(build));
      tell(event, actor);
    },
    listRemovedBuilds: async () => [...removed.values()].map(clone),
    forgetBuild: async (_, buildId, before) => {
      await before([...rowsOf(buildId).values()].map(clone));
      rows.delete(buildId);
      fills.delete(buildId);
      removed.delete(buildId);
      return true;
    },
    getBuildDocuments: async (buildId, ids) =>
      new Map(ids.flatMap((id) => (rowsOf(buildId).has(id) ? [[id, clone(rowsOf(buildId).get(id))]] : []))) as Map<
        string,
        BuildDocumentRecord
      >,
    changeBuildDocuments: async (buildId, ids, decide) => {
      const own = rowsOf(buildId);
      const found = new Map(ids.flatMap((id) => (own.has(id) ? [[id, clone(own.get(id))]] : [])));
      const next = decide(found as Map<string, BuildDocumentRecord>, clone(fills.get(buildId)));
      if (!next) return false;
      for (const row of next.rows ?? []) own.set(row.documentId, clone(row));
      for (const id of next.removed ?? []) own.delete(id);
      if (next.fill) fills.set(buildId, clone(next.fill));
      return true;
    },
    listBuildDocuments: async ({ buildId, outcome, cursor, limit }) => {
      const from = Number(cursor ?? 0);
      const all = [...rowsOf(buildId).values()].filter((row) => row.outcome && (!outcome || row.outcome === outcome));
      return {
        items: all.slice(from, from + limit).map(clone),
        ...(from + limit < all.length ? { nextCursor: String(from + limit) } : {}),
      };
    },
    switchLive: async ({ index, from, to, promotion, event }, actor) => {
      if (
        indexes.get(index.slug)?.revision !== index.revision - 1 ||
        builds.get(from.id)?.revision !== from.revision - 1 ||
        builds.get(to.id)?.revision !== to.revision - 1
      )
        throw changedMeanwhile();
      indexes.set(index.slug, clone(index));
      builds.set(from.id, clone(from));
      builds.set(to.id, clone(to));
      promotions.unshift(clone({ ...promotion, index: index.slug }));
      tell(event, actor);
    },
    listPromotions: async (slug, limit) =>
      promotions
        .filter((one) => one.index === slug)
        .slice(0, limit)
        .map(({ index: _, ...promotion }) => clone(promotion)),
  };
  return { catalog, fills, rows, removed, promotions };
};
