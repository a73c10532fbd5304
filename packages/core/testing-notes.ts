import type { Note } from "@samla/contracts";
import { Failure, type NoteCatalog } from "./kernel/index.ts";

/** Notes in memory; one page holds them all. */
export const createMemoryNotes = (now: () => number): NoteCatalog => {
  const notes = new Map<string, Note>();
  const idOf = (owner: string, key: string): string => `${owner}\n${key}`;
  const getNote: NoteCatalog["getNote"] = async (owner, key) => {
    const note = notes.get(idOf(owner, key));
    return note && (!note.expiresAt || Date.parse(note.expiresAt) > now()) ? structuredClone(note) : undefined;
  };
  return {
    getNote,
    listNotes: async (owner, { prefix = "", order }) => {
      const own = [...notes].filter(([id]) => id.startsWith(idOf(owner, prefix))).map(([, note]) => note.key);
      const items = await Promise.all(own.sort().map((key) => getNote(owner, key)));
      const living = items.filter((note) => note !== undefined);
      return { items: order === "asc" ? living : living.reverse() };
    },
    putNote: async (owner, { key, value, ifRevision, expiresAtSeconds }) => {
      const revision = (await getNote(owner, key))?.revision ?? 0;
      if (ifRevision !== undefined && ifRevision !== revision)
        throw new Failure("precondition_failed", `The note ${key} has revision ${revision}.`);
      const note: Note = {
        key,
        value,
        revision: revision + 1,
        updatedAt: new Date(now()).toISOString(),
        ...(expiresAtSeconds ? { expiresAt: new Date(expiresAtSeconds * 1000).toISOString() } : {}),
      };
      notes.set(idOf(owner, key), structuredClone(note));
      return note;
    },
    deleteNote: async (owner, key) => void notes.delete(idOf(owner, key)),
  };
};
