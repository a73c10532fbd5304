import { isIdOf } from "@samla/contracts";
import { type Context, readingAs } from "../kernel/index.ts";
import { readableDocuments } from "./readable-documents.ts";

/** What the file calls a document, and which document of the index that is, or why it is none. */
export type Match = { documentId: string } | { problem: string };

const normalise = (name: string): string => name.normalize("NFC").toLowerCase();
const withoutExtension = (name: string): string => name.replace(/\.[^./]{1,10}$/, "");

/**
 * Finds the documents that a file names by id, by path, by name, or by name without its ending, in this order. A name that
 * several documents bear is no match. Documents that the actor may not read do not exist here.
 */
export const matchDocuments = async (
  ctx: Context,
  slug: string,
  references: Iterable<string>,
): Promise<Map<string, Match>> => {
  const wanted = new Set(references);
  const ids = [...wanted].filter((one) => isIdOf("document", one));
  const names = new Set([...wanted].filter((one) => !isIdOf("document", one)).map(normalise));
  const [known, found] = await Promise.all([
    readableDocuments(ctx, slug, ids),
    names.size > 0 ? findByNames(ctx, slug, names) : new Map<string, Set<string>[]>(),
  ]);
  return new Map(
    [...wanted].map((reference): [string, Match] => {
      if (isIdOf("document", reference))
        return [
          reference,
          known.has(reference) ? { documentId: reference } : { problem: `there is no document ${reference}` },
        ];
      const kinds = found.get(normalise(reference)) ?? [];
      const best = kinds.find((documents) => documents.size > 0);
      const [documentId] = best ?? [];
      if (!best || !documentId) return [reference, { problem: `there is no document "${reference.slice(0, 120)}"` }];
      return [
        reference,
        best.size === 1
          ? { documentId }
          : { problem: `${best.size} documents are called "${reference.slice(0, 120)}"; use the path or the id` },
      ];
    }),
  );
};

/** For each name the documents whose path, whose name, and whose name without its ending it is. */
const findByNames = async (
  ctx: Context,
  slug: string,
  names: Set<string>,
): Promise<Map<string, [Set<string>, Set<string>, Set<string>]>> => {
  const found = new Map<string, [Set<string>, Set<string>, Set<string>]>();
  const note = (name: string, kind: 0 | 1 | 2, id: string): void => {
    if (!names.has(name)) return;
    const sets = found.get(name) ?? [new Set(), new Set(), new Set()];
    sets[kind].add(id);
    found.set(name, sets);
  };
  const principals = readingAs(ctx.actor);
  let cursor: string | undefined;
  do {
    const page = await ctx.catalog.listDocumentNames({ index: slug, principals, cursor });
    for (const { documentId, path } of page.items) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      note(path, 0, documentId);
      note(name, 1, documentId);
      if (withoutExtension(name) !== name) note(withoutExtension(name), 2, documentId);
    }
    cursor = page.nextCursor;
  } while (cursor);
  return found;
};
