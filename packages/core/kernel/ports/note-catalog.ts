import type { ListNotesQuery, Note } from "@samla/contracts";
import type { Page } from "./records.ts";

/** Small values that machine accounts keep, each for itself. */
export interface NoteCatalog {
  /** In order of their keys, without those that have expired. Throws `invalid_cursor`. */
  listNotes(owner: string, query: ListNotesQuery): Promise<Page<Note>>;
  getNote(owner: string, key: string): Promise<Note | undefined>;
  /**
   * Writes over the note of this revision, 0 standing for none or an expired one; over any without a revision.
   * Throws `precondition_failed` when it is another.
   */
  putNote(
    owner: string,
    note: { key: string; value: Note["value"]; expiresAtSeconds?: number; ifRevision?: number },
  ): Promise<Note>;
  deleteNote(owner: string, key: string): Promise<void>;
}
