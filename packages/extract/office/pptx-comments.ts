import { findRelated, type OoxmlPackage, parsePart } from "./ooxml.ts";
import { markText, type Piece } from "./pieces.ts";

/** Names of comment authors by id, of the older (commentAuthors) and the newer form (authors). */
export async function readCommentAuthors(office: OoxmlPackage): Promise<Map<string, string>> {
  const authors = new Map<string, string>();
  for (const type of ["commentAuthors", "authors"]) {
    await parsePart(office, findRelated(office.mainRelationships, type), {
      open(name, attributes) {
        if ((name === "cmAuthor" || name === "author") && attributes.id)
          authors.set(attributes.id, attributes.name ?? "");
      },
    });
  }
  return authors;
}

/** Comments of a slide and their replies: text in `text` (older form) or in runs (newer form). */
export async function readSlideComments(
  office: OoxmlPackage,
  part: string,
  authors: Map<string, string>,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  const openAuthors: (string | undefined)[] = [];
  let isText = false;
  let text = "";
  const flush = (): void => {
    const author = openAuthors.at(-1);
    if (text.trim()) pieces.push(markText(author ? `Comment by ${author}` : "Comment", text));
    text = "";
  };
  await parsePart(office, part, {
    open(name, attributes) {
      if (name === "cm" || name === "reply") {
        flush();
        openAuthors.push(authors.get(attributes.authorId ?? ""));
      } else if (name === "text" || name === "t") isText = true;
      else if (name === "replyLst") flush();
    },
    text(value) {
      if (isText) text += value;
    },
    close(name) {
      if (name === "text" || name === "t") isText = false;
      else if (name === "p") text += "\n";
      else if (name === "cm" || name === "reply") {
        flush();
        openAuthors.pop();
      }
    },
  });
  return pieces;
}
