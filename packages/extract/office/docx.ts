import { createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { readEmbedded } from "./docx-embedded.ts";
import { readNotes } from "./docx-notes.ts";
import { readDocxNumbering } from "./docx-numbering.ts";
import { createStoryHandler, type StoryContext, type StoryItem } from "./docx-story.ts";
import { readDocxStyles } from "./docx-styles.ts";
import { readChart, readDiagram } from "./drawing.ts";
import {
  findRelated,
  type OoxmlPackage,
  openOoxml,
  parsePart,
  pickTitle,
  readCoreProperties,
  readOptional,
  warnAboutEmbedded,
} from "./ooxml.ts";
import { addPieces, appendAll, markText, type Piece, readPieceText } from "./pieces.ts";

/** Documents taken in by reference, and how deep they may take in others. */
const maxEmbedded = 50;
const maxEmbeddedDepth = 1;

/**
 * Reads WordprocessingML (ECMA-376 part 1, 17): headings by style, lists with their numbers, tables, text boxes,
 * charts, notes and comments where they are referred to, headers before and footers after the text.
 * Deleted and hidden text is left out.
 */
export const readDocx: Reader = async (input) => {
  const office = await openOoxml(input.bytes, input.limits);
  const pieces = await readDocxPieces(office, input, 0);
  warnAboutEmbedded(office.mainRelationships, input.warn);
  const properties = await readOptional("The document's properties", input.warn, () => readCoreProperties(office), {});
  const builder = createBlockBuilder(input.limits);
  addPieces(builder, pieces.pieces);
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "the document has no text");
  return { ...built, title: pickTitle(properties), language: properties.language ?? pieces.language, properties };
};

/** The whole document as pieces; `depth` counts documents embedded in one another. */
async function readDocxPieces(
  office: OoxmlPackage,
  input: ReaderInput,
  depth: number,
): Promise<{ pieces: Piece[]; language?: string }> {
  const related = (type: string): string | undefined => findRelated(office.mainRelationships, type);
  const styles = await readDocxStyles(office, related("styles"));
  const readNotePart = (type: string, element: string) =>
    readOptional(`The ${type}`, input.warn, () => readNotes(office, related(type), element), new Map());
  const context: StoryContext = {
    styles,
    limits: office.limits,
    numbering: await readDocxNumbering(office, related("numbering")),
    notes: {
      footnotes: await readNotePart("footnotes", "footnote"),
      endnotes: await readNotePart("endnotes", "endnote"),
      comments: await readNotePart("comments", "comment"),
      footnotesSeen: 0,
      endnotesSeen: 0,
    },
  };
  const { handler, items } = createStoryHandler(context);
  await parsePart(office, office.mainPart, handler);
  const body = await resolveParts(office, input, items, depth);
  const headers = await readMargins(office, input, context, "header");
  const footers = await readMargins(office, input, context, "footer");
  return { pieces: [...headers, ...body, ...footers], language: styles.language };
}

/** Puts charts, diagrams and embedded documents in the place where the text refers to them. */
async function resolveParts(
  office: OoxmlPackage,
  input: ReaderInput,
  items: StoryItem[],
  depth: number,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  const readPackage = async (embedded: OoxmlPackage) => (await readDocxPieces(embedded, input, depth + 1)).pieces;
  let embeddedCount = 0;
  for (const item of items) {
    if (item.type !== "part") {
      pieces.push(item);
      continue;
    }
    const relationship = office.mainRelationships.get(item.relationshipId);
    if (!relationship) continue;
    const { type, target } = relationship;
    const read = async (): Promise<Piece[]> => {
      if (item.kind === "altChunk") {
        if (++embeddedCount > maxEmbedded) return [];
        return readEmbedded(office, input, target, depth < maxEmbeddedDepth ? readPackage : undefined);
      }
      if (type === "chart") return readChart(office, target);
      return type === "diagramData" ? readDiagram(office, target) : [];
    };
    appendAll(pieces, await readOptional("An embedded part", input.warn, read, []));
  }
  return pieces;
}

/** Headers or footers of all sections, each text once. Those that hold no word (page numbers) are left out. */
async function readMargins(
  office: OoxmlPackage,
  input: ReaderInput,
  context: StoryContext,
  type: "header" | "footer",
): Promise<Piece[]> {
  const texts = new Set<string>();
  for (const relationship of office.mainRelationships.values()) {
    if (relationship.type !== type) continue;
    await readOptional(
      `A ${type}`,
      input.warn,
      async () => {
        const { handler, items } = createStoryHandler({ ...context, notes: undefined });
        await parsePart(office, relationship.target, handler);
        const lines = items.flatMap((item) => (item.type === "part" ? [] : [readPieceText(item).trim()]));
        texts.add(lines.filter((line) => line !== "").join("\n"));
      },
      undefined,
    );
  }
  const mark = type === "header" ? "Header" : "Footer";
  return [...texts].filter((text) => /\p{L}{2}/u.test(text)).map((text) => markText(mark, text));
}
