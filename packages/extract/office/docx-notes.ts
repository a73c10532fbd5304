import { type OoxmlPackage, parsePart } from "./ooxml.ts";
import { markText, type Piece } from "./pieces.ts";
import { readAttribute } from "./xml.ts";

/** Parts of a document Word does not show: deletions, field codes, former formatting, phonetic guides, doubles. */
export const hiddenElements: ReadonlySet<string> = new Set([
  "del",
  "moveFrom",
  "delText",
  "instrText",
  "delInstrText",
  "Fallback",
  "rt",
  "rPrChange",
  "pPrChange",
  "sectPrChange",
  "tblPrChange",
  "tblPrExChange",
  "trPrChange",
  "tcPrChange",
  "tblGridChange",
]);

type Note = { text: string; author?: string };

/** Notes and comments by id; `footnotesSeen` and `endnotesSeen` count the references met so far. */
export type DocxNotes = {
  footnotes: Map<string, Note>;
  endnotes: Map<string, Note>;
  comments: Map<string, Note>;
  footnotesSeen: number;
  endnotesSeen: number;
};

/** Reads one notes part: `element` is footnote, endnote or comment. Separators have no text of their own. */
export async function readNotes(
  office: OoxmlPackage,
  part: string | undefined,
  element: string,
): Promise<Map<string, Note>> {
  const notes = new Map<string, Note>();
  let id: string | undefined;
  let author: string | undefined;
  let text = "";
  let inText = false;
  let hiddenDepth = 0;
  await parsePart(office, part, {
    open(name, attributes) {
      if (hiddenElements.has(name)) hiddenDepth++;
      if (hiddenDepth > 0) return;
      if (name === element) {
        id = readAttribute(attributes, "id");
        author = readAttribute(attributes, "author");
        text = "";
      } else if (name === "t") inText = true;
      else if (name === "p" && text !== "") text += "\n";
      else if (name === "tab" || name === "br" || name === "tc") text += " ";
    },
    text(value) {
      if (inText && hiddenDepth === 0) text += value;
    },
    close(name) {
      if (hiddenElements.has(name)) hiddenDepth--;
      else if (name === "t") inText = false;
      else if (name === element && id !== undefined && text.trim() !== "") notes.set(id, { text: text.trim(), author });
    },
  });
  return notes;
}

/** The note a reference in the text points to, marked with its kind; each comment is taken once. */
export function takeNotes(notes: DocxNotes, reference: string, id: string): Piece[] {
  if (reference === "commentReference") {
    const comment = notes.comments.get(id);
    notes.comments.delete(id);
    return comment ? [markText(comment.author ? `Comment by ${comment.author}` : "Comment", comment.text)] : [];
  }
  const isFootnote = reference === "footnoteReference";
  const note = (isFootnote ? notes.footnotes : notes.endnotes).get(id);
  if (!note) return [];
  const number = isFootnote ? ++notes.footnotesSeen : ++notes.endnotesSeen;
  return [markText(`${isFootnote ? "Footnote" : "Endnote"} ${number}`, note.text)];
}
