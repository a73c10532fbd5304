import { type BlockBuilder, createBlockBuilder } from "../block-builder.ts";
import { ExtractFailure } from "../failure.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { readChart, readDiagram } from "./drawing.ts";
import {
  type OoxmlPackage,
  openOoxml,
  parsePart,
  pickTitle,
  type Relationships,
  readCoreProperties,
  readOptional,
  readRelationships,
  warnAboutEmbedded,
} from "./ooxml.ts";
import { addPieces, appendAll, markText, type Piece, readPieceText } from "./pieces.ts";
import { readCommentAuthors, readSlideComments } from "./pptx-comments.ts";
import { readSlide, type SlideItem } from "./pptx-slide.ts";
import { readPrefixedAttribute } from "./xml.ts";

/**
 * Reads PresentationML (ECMA-376 part 1, 19): every slide is a page under its title, with its text, tables, charts,
 * diagrams, speaker notes and comments. Text of masters and layouts repeats on all slides and is left out.
 */
export const readPptx: Reader = async (input) => {
  const office = await openOoxml(input.bytes, input.limits);
  const authors = await readOptional("The comments' authors", input.warn, () => readCommentAuthors(office), new Map());
  const properties = await readOptional(
    "The presentation's properties",
    input.warn,
    () => readCoreProperties(office),
    {},
  );
  const builder = createBlockBuilder(input.limits);
  for (const part of await listSlides(office)) await addSlide(office, input, builder, part, authors);
  const built = builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "no slide has text");
  return { ...built, title: pickTitle(properties), language: properties.language, properties };
};

/** Parts of the slides in the order they are shown. */
async function listSlides(office: OoxmlPackage): Promise<string[]> {
  const parts: string[] = [];
  await parsePart(office, office.mainPart, {
    open(name, attributes) {
      if (name !== "sldId") return;
      const slide = office.mainRelationships.get(readPrefixedAttribute(attributes, "id") ?? "");
      if (slide?.type === "slide" && office.zip.has(slide.target)) parts.push(slide.target);
    },
  });
  return parts;
}

async function addSlide(
  office: OoxmlPackage,
  input: ReaderInput,
  builder: BlockBuilder,
  part: string,
  authors: Map<string, string>,
): Promise<void> {
  const relationships = await readRelationships(office.zip, part, office.limits);
  warnAboutEmbedded(relationships, input.warn);
  const { title, items } = await readSlide(office, part);
  builder.page(title || undefined);
  if (title) builder.heading(1, title);
  addPieces(builder, await resolveParts(office, input, relationships, items));
  for (const { type, target } of relationships.values()) {
    if (type === "notesSlide") {
      const notes = await readOptional("The notes of a slide", input.warn, () => readSlide(office, target), undefined);
      const lines = notes?.items.flatMap((item) => (item.type === "part" ? [] : [readPieceText(item)])) ?? [];
      if (lines.length > 0) addPieces(builder, [markText("Speaker notes", lines.join("\n"))]);
    } else if (type === "comments") {
      const read = () => readSlideComments(office, target, authors);
      addPieces(builder, await readOptional("The comments of a slide", input.warn, read, []));
    }
  }
}

async function resolveParts(
  office: OoxmlPackage,
  input: ReaderInput,
  relationships: Relationships,
  items: SlideItem[],
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const item of items) {
    if (item.type !== "part") {
      pieces.push(item);
      continue;
    }
    const relationship = relationships.get(item.relationshipId);
    if (relationship?.type === "chart") {
      appendAll(pieces, await readOptional("A chart", input.warn, () => readChart(office, relationship.target), []));
    } else if (relationship?.type === "diagramData") {
      appendAll(
        pieces,
        await readOptional("A diagram", input.warn, () => readDiagram(office, relationship.target), []),
      );
    }
  }
  return pieces;
}
