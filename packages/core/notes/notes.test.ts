import { limits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { type Context, isFailure } from "../kernel/index.ts";
import { createMemoryNotes } from "../testing-notes.ts";
import { deleteNote, getNote, listNotes, putNote } from "./index.ts";

const contextOf = (kind: Context["actor"]["kind"]): Context =>
  ({
    actor: { kind, id: "robot", name: "Robot", roles: [], groups: [] },
    now: () => 1_000_000,
    catalog: createMemoryNotes(() => 1_000_000),
  }) as unknown as Context;
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    (error: unknown) => (isFailure(error) ? error.code : String(error)),
  );

describe("notes", () => {
  it("are for machine accounts alone", async () => {
    const person = contextOf("person");
    const calls = [
      putNote(person, { note: "a", value: 1 }),
      getNote(person, { note: "a" }),
      listNotes(person, { order: "asc", limit: 10 }),
      deleteNote(person, { note: "a" }),
    ];
    expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => "forbidden"));
    expect(await codeOf(putNote(contextOf("machine"), { note: "a", value: 1 }))).toBe("done");
  });

  it("have a limit that counts bytes, not characters", async () => {
    const ctx = contextOf("machine");
    const fits = "ü".repeat(limits.noteSizeBytes / 2 - 1);
    expect(await codeOf(putNote(ctx, { note: "a", value: fits }))).toBe("done");
    expect(await codeOf(putNote(ctx, { note: "a", value: `${fits}ü` }))).toBe("too_large");
  });

  it("that are not there are not found", async () => {
    expect(await codeOf(getNote(contextOf("machine"), { note: "a" }))).toBe("not_found");
  });
});
