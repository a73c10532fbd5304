import { z } from "zod";
import { limits } from "./limits.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import { defineRoute } from "./route.ts";

export const NoteKey = z
  .string()
  .regex(/^[a-z0-9][A-Za-z0-9._-]{0,127}$/, "use up to 128 letters, digits, dots, hyphens and underscores");

/** A small JSON value that a machine account keeps for itself. */
export const Note = z.object({
  key: NoteKey,
  value: z.unknown(),
  /** Counts changes: what `ifRevision` names. */
  revision: z.int().positive(),
  updatedAt: Timestamp,
  /** Gone after this time. */
  expiresAt: Timestamp.optional(),
});
export type Note = z.infer<typeof Note>;

export const ListNotesQuery = z.object({
  prefix: NoteKey.optional(),
  order: z.enum(["asc", "desc"]).default("asc"),
  ...cursorQuery,
});
export type ListNotesQuery = z.infer<typeof ListNotesQuery>;

export const PutNoteBody = z.strictObject({
  value: z.unknown(),
  /** Write only if the note has this revision; 0: only if there is none. Absent: in any case. */
  ifRevision: z.int().nonnegative().optional(),
  ttlSeconds: z
    .int()
    .min(1)
    .max(limits.eventRetentionDays * 86_400)
    .optional(),
});
export type PutNoteBody = z.infer<typeof PutNoteBody>;

const noteParams = z.object({ note: NoteKey });

/** What a machine account keeps between its runs, such as where it stopped. Nobody else reads it. */
export const noteRoutes = {
  "notes.list": defineRoute({
    group: "platform",
    summary: "List the notes of your machine account by key",
    permission: "signed-in",
    query: ListNotesQuery,
    response: pageOf(Note),
    successStatus: 200,
  }),
  "notes.get": defineRoute({
    group: "platform",
    summary: "Get a note of your machine account",
    permission: "signed-in",
    params: noteParams,
    response: Note,
    successStatus: 200,
  }),
  "notes.put": defineRoute({
    group: "platform",
    summary: "Keep a small JSON value; with ifRevision only over the one you read",
    permission: "signed-in",
    params: noteParams,
    body: PutNoteBody,
    response: Note,
    successStatus: 200,
  }),
  "notes.delete": defineRoute({
    group: "platform",
    summary: "Forget a note of your machine account",
    permission: "signed-in",
    params: noteParams,
    successStatus: 204,
  }),
} as const;
