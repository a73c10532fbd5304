import { type ListNotesQuery, limits, type Note, type PutNoteBody } from "@samla/contracts";
import { type Context, Failure, notFound, type Page } from "../kernel/index.ts";

/** The account whose notes these are. Throws `forbidden` for people: what they keep belongs where others see it. */
const requireMachine = (ctx: Pick<Context, "actor">): string => {
  if (ctx.actor.kind === "machine") return ctx.actor.id;
  throw new Failure("forbidden", "Notes are kept for machine accounts only.", {
    nextStep: "Sign in with client credentials.",
  });
};

/** The notes of the calling machine account. */
export const listNotes = async (ctx: Context, input: ListNotesQuery): Promise<Page<Note>> =>
  ctx.catalog.listNotes(requireMachine(ctx), input);

/** Throws `not_found`, also for one that has expired. */
export const getNote = async (ctx: Context, input: { note: string }): Promise<Note> => {
  const found = await ctx.catalog.getNote(requireMachine(ctx), input.note);
  if (!found) throw notFound("note", input.note);
  return found;
};

/** Keeps a value. Throws `too_large`, and `precondition_failed` when somebody wrote since the revision was read. */
export const putNote = async (ctx: Context, input: PutNoteBody & { note: string }): Promise<Note> => {
  const owner = requireMachine(ctx);
  const sizeBytes = Buffer.byteLength(JSON.stringify(input.value));
  if (sizeBytes > limits.noteSizeBytes)
    throw new Failure("too_large", `The note has ${sizeBytes} bytes; it may have ${limits.noteSizeBytes}.`, {
      nextStep: "Keep it in several notes.",
    });
  return ctx.catalog.putNote(owner, {
    key: input.note,
    value: input.value,
    ...(input.ifRevision === undefined ? {} : { ifRevision: input.ifRevision }),
    ...(input.ttlSeconds ? { expiresAtSeconds: Math.floor(ctx.now() / 1000) + input.ttlSeconds } : {}),
  });
};

export const deleteNote = async (ctx: Context, input: { note: string }): Promise<void> =>
  ctx.catalog.deleteNote(requireMachine(ctx), input.note);
