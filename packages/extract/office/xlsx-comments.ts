import { findRelated, type OoxmlPackage, parsePart, type Relationships } from "./ooxml.ts";
import { markText, type Piece } from "./pieces.ts";

/** Names of the people who wrote threaded comments, by id. */
export async function readPersons(office: OoxmlPackage): Promise<Map<string, string>> {
  const persons = new Map<string, string>();
  await parsePart(office, findRelated(office.mainRelationships, "person"), {
    open(name, attributes) {
      if (name === "person" && attributes.id) persons.set(attributes.id, attributes.displayName ?? "");
    },
  });
  return persons;
}

/** Comments of one sheet with their cell and author. Threads count where both forms are stored. */
export async function readSheetComments(
  office: OoxmlPackage,
  relationships: Relationships,
  persons: Map<string, string>,
): Promise<Piece[]> {
  const threads = await readThreads(office, findRelated(relationships, "threadedComment"), persons);
  return threads.length > 0 ? threads : readLegacyComments(office, findRelated(relationships, "comments"));
}

async function readThreads(
  office: OoxmlPackage,
  part: string | undefined,
  persons: Map<string, string>,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let cell = "";
  let author: string | undefined;
  let text: string | undefined;
  await parsePart(office, part, {
    open(name, attributes) {
      if (name === "threadedComment") {
        cell = attributes.ref ?? "";
        author = persons.get(attributes.personId ?? "");
      } else if (name === "text") text = "";
    },
    text(value) {
      if (text !== undefined) text += value;
    },
    close(name) {
      if (name !== "text") return;
      if (text?.trim()) pieces.push(describeComment(cell, author, text));
      text = undefined;
    },
  });
  return pieces;
}

async function readLegacyComments(office: OoxmlPackage, part: string | undefined): Promise<Piece[]> {
  const pieces: Piece[] = [];
  const authors: string[] = [];
  let cell = "";
  let author: string | undefined;
  let text = "";
  let target: "author" | "text" | undefined;
  await parsePart(office, part, {
    open(name, attributes) {
      if (name === "author") {
        authors.push("");
        target = "author";
      } else if (name === "comment") {
        cell = attributes.ref ?? "";
        author = authors[Number(attributes.authorId)];
        text = "";
      } else if (name === "t") target = "text";
    },
    text(value) {
      if (target === "author") authors[authors.length - 1] += value;
      else if (target === "text") text += value;
    },
    close(name) {
      if (name === "author" || name === "t") target = undefined;
      else if (name === "comment" && text.trim()) pieces.push(describeComment(cell, author, text));
    },
  });
  return pieces;
}

function describeComment(cell: string, author: string | undefined, text: string): Piece {
  const trimmed = text.trim();
  // Excel puts the author's name in front of the text as well.
  const own = author && trimmed.startsWith(`${author}:`) ? trimmed.slice(author.length + 1) : trimmed;
  return markText(`Comment on ${cell}${author ? ` by ${author}` : ""}`, own);
}
