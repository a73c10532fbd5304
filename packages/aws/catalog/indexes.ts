import { type EventActor, IndexSettings } from "@samla/contracts";
import { type Catalog, Failure, type IndexRecord, type NewEvent } from "@samla/core/kernel";
import { type Item, keys } from "./items.ts";
import { Conflict, type Store } from "./store.ts";

type Deps = { store: Store; event: (event: NewEvent, actor: EventActor) => Item };
type IndexPart = Pick<
  Catalog,
  | "listIndexes"
  | "getIndex"
  | "createIndex"
  | "changeIndex"
  | "deleteIndex"
  | "listRemovedIndexes"
  | "forgetRemovedIndex"
>;

const defaultSettings = IndexSettings.parse({});

/** Rows written before there were settings, or one of them, have the defaults. */
const indexOf = (item: Item): IndexRecord => {
  const row = item.it as Omit<IndexRecord, "settings"> & { settings?: Partial<IndexRecord["settings"]> };
  return { ...row, settings: { ...defaultSettings, ...row.settings } };
};

/** Index and build rows. The list of indexes is short and read by every search, so it is one partition. */
export const createIndexPart = ({ store, event }: Deps): IndexPart => ({
  listIndexes: async () => (await store.queryAll("INDEXES")).map(indexOf),
  getIndex: async (slug) => {
    const item = await store.get(keys.index(slug));
    return item && indexOf(item);
  },
  createIndex: async (index, build, fill, created, actor) => {
    try {
      await store.transact([
        store.putNew({ ...keys.index(index.slug), rev: index.revision, it: index }),
        store.putNew({ ...keys.build(index.slug, build.id), rev: build.revision, it: build }),
        store.putNew({ ...keys.fill(build.id), rev: 1, it: fill }),
        store.put(event(created, actor)),
      ]);
    } catch (error) {
      if (error instanceof Conflict)
        throw new Failure("already_exists", `There is an index ${index.slug} already.`, {
          nextStep: "Choose another short name.",
        });
      throw error;
    }
  },
  changeIndex: async (index, changed, actor) => {
    try {
      await store.transact([
        store.replace({ ...keys.index(index.slug), rev: index.revision, it: index }, index.revision - 1),
        store.put(event(changed, actor)),
      ]);
    } catch (error) {
      if (error instanceof Conflict)
        throw new Failure("precondition_failed", `The index ${index.slug} was changed in the meantime.`, {
          nextStep: "Load it again and repeat your change.",
        });
      throw error;
    }
  },
  deleteIndex: async (slug, deleted, actor) => {
    await store.transact([
      store.remove(keys.index(slug)),
      store.put({ ...keys.removedIndex(slug) }),
      store.put(event(deleted, actor)),
    ]);
  },
  listRemovedIndexes: async () => (await store.queryAll("REMOVED")).map((item) => item.sk),
  forgetRemovedIndex: async (slug) => {
    for (const pk of [`BUILDS#${slug}`, `COUNT#${slug}`, keys.promotion(slug, "").pk, keys.care(slug, "").pk]) {
      const rest = await store.queryAll(pk);
      for (let i = 0; i < rest.length; i += 90)
        await store.transact(rest.slice(i, i + 90).map(({ pk: own, sk }) => store.remove({ pk: own, sk })));
    }
    await store.transact([store.remove(keys.removedIndex(slug))]);
  },
});
