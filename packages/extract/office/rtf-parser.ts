import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";
import { appendAll, assertTextLength, markText, type Piece, readPieceText } from "./pieces.ts";
import { decodeRtfBytes, findCharsetEncoding, findCodePageEncoding } from "./rtf-encoding.ts";
import { createRtfStory, type RtfStory } from "./rtf-story.ts";
import { createRtfStyles } from "./rtf-styles.ts";
import { tokenizeRtf } from "./rtf-tokens.ts";

/** Where the text of a group goes. `skipped` is read by nobody. */
type Destination = "text" | "skipped" | "fonts" | "styles" | "label" | "author" | `property:${string}`;
/** Groups with running text of their own. */
type StoryKind = "footnote" | "annotation" | "header" | "footer" | "box";

type Group = {
  destination: Destination;
  encoding: string;
  /** Characters that stand for one \u character in programs without Unicode. */
  unicodeSkip: number;
  isHidden: boolean;
  isIgnorable: boolean;
  /** Nothing inside is read, whatever it says: doubles for older programs, and all after the end. */
  isDead: boolean;
  opensStory?: { kind: StoryKind; isEndnote: boolean };
  opensStyle?: boolean;
};

const skippedDestinations = new Set(
  (
    "colortbl pict object objdata themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator " +
    "xmlnstbl filetbl revtbl pgptbl fldinst bkmkstart bkmkend nonshppict shprslt mmathPr company template userprops ftnsep ftnsepc " +
    "ftncn aftnsep aftnsepc aftncn atrfstart atrfend atnref atnid atntime atndate atnparent panose falt sn sv private xe tc rxe info " +
    "pntxta pntxtb nonesttables shpinst do upr buptim creatim revtim printim comment listname"
  ).split(" "),
);
const deadDestinations = new Set(["shprslt", "nonshppict", "nonesttables", "pict", "objdata", "revtbl"]);
const storyKinds: Record<string, StoryKind> = {
  footnote: "footnote",
  annotation: "annotation",
  header: "header",
  headerl: "header",
  headerr: "header",
  headerf: "header",
  footer: "footer",
  footerl: "footer",
  footerr: "footer",
  footerf: "footer",
  shptxt: "box",
  dptxbxtext: "box",
};
const propertyNames: Record<string, string> = {
  title: "title",
  author: "author",
  subject: "subject",
  keywords: "keywords",
  doccomm: "description",
};
const characters: Record<string, string> = {
  tab: "\t",
  line: "\n",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  emspace: " ",
  enspace: " ",
  qmspace: " ",
};
const maxBufferedBytes = 65_536;

export type RtfContent = { pieces: Piece[]; properties: Record<string, string> };

/**
 * Reads RTF 1.9.1: text in its code pages, headings by style or outline level, lists with the labels their program
 * wrote, tables, notes, comments, text boxes, headers and footers. Hidden and deleted text is left out.
 * @throws ExtractFailure `corrupt` (not RTF), `too_complex` past limits.rtfDepth, `too_large` past limits.outputChars.
 */
export function parseRtf(bytes: Buffer, limits: Pick<ExtractLimits, "rtfDepth" | "outputChars">): RtfContent {
  if (!/^\s*\{\\rtf/.test(bytes.toString("latin1", 0, 64).replace(/^ï»¿/, ""))) {
    throw new ExtractFailure("corrupt", "the file does not begin as RTF does");
  }
  const properties: Record<string, string> = {};
  const styles = createRtfStyles();
  const fontEncodings = new Map<number, string>();
  const margins = { header: new Set<string>(), footer: new Set<string>() };
  const noteCounts = { footnote: 0, endnote: 0 };
  const body = createRtfStory();
  const stories: RtfStory[] = [body];
  const groups: Group[] = [];
  let group: Group = {
    destination: "text",
    encoding: "windows-1252",
    unicodeSkip: 1,
    isHidden: false,
    isIgnorable: false,
    isDead: false,
  };
  let story = body;
  let defaultEncoding = "windows-1252";
  let defaultFont: number | undefined;
  let currentFont = -1;
  let pending: number[] = [];
  let charsToSkip = 0;
  let captured = "";
  let commentAuthor = "";
  let totalChars = 0;

  const addText = (text: string): void => {
    if (text === "" || group.destination === "skipped" || group.destination === "fonts") return;
    totalChars += text.length;
    assertTextLength(totalChars, limits);
    if (group.destination === "text") {
      if (!group.isHidden) story.addText(text);
    } else if (group.destination === "label") story.label += text;
    else captured += text;
  };

  const flush = (): void => {
    if (pending.length === 0) return;
    const decoded = decodeRtfBytes(pending, group.encoding);
    pending = [];
    addText(decoded);
  };

  const closeStory = ({ kind, isEndnote }: { kind: StoryKind; isEndnote: boolean }): void => {
    const pieces = story.finish();
    stories.pop();
    story = stories.at(-1) ?? body;
    const text = pieces.map(readPieceText).join("\n").trim();
    if (text === "") return;
    if (kind === "header" || kind === "footer") {
      if (/\p{L}{2}/u.test(text)) margins[kind].add(text);
    } else if (kind === "box") appendAll(story.after, pieces);
    else if (kind === "annotation") {
      story.after.push(markText(commentAuthor ? `Comment by ${commentAuthor}` : "Comment", text));
      commentAuthor = "";
    } else {
      const number = ++noteCounts[isEndnote ? "endnote" : "footnote"];
      story.after.push(markText(`${isEndnote ? "Endnote" : "Footnote"} ${number}`, text));
    }
  };

  const closeGroup = (): void => {
    flush();
    const closed = group;
    group = groups.pop() ?? group;
    if (closed.opensStory) closeStory(closed.opensStory);
    if (groups.length === 0) {
      group = { ...group, destination: "skipped", isDead: true };
      return;
    }
    if (closed.opensStyle) {
      styles.close(captured);
      captured = "";
    }
    if (closed.destination === group.destination) return;
    if (closed.destination === "author") commentAuthor = captured.trim();
    else if (closed.destination.startsWith("property:") && captured.trim()) {
      properties[closed.destination.slice("property:".length)] ??= captured.trim();
    }
    if (closed.destination === "author" || closed.destination.startsWith("property:")) captured = "";
  };

  /** Turns the open group into a destination; true if the word named one. */
  const openDestination = (name: string): boolean => {
    if (deadDestinations.has(name)) {
      group.destination = "skipped";
      group.isDead = true;
    }
    if (group.isDead) return true;
    const kind = storyKinds[name];
    if (kind) {
      story = createRtfStory();
      stories.push(story);
      group.opensStory = { kind, isEndnote: false };
      group.destination = "text";
      group.isHidden = false;
    } else if (name === "fonttbl") group.destination = "fonts";
    else if (name === "stylesheet") group.destination = "styles";
    else if (name === "listtext" || name === "pntext")
      group.destination = group.destination === "text" ? "label" : "skipped";
    else if (name === "atnauthor") group.destination = "author";
    else if (propertyNames[name]) {
      captured = "";
      group.destination = `property:${propertyNames[name]}`;
    } else if (name === "ud") group.destination = groups.at(-2)?.destination ?? "text";
    else if (skippedDestinations.has(name)) group.destination = "skipped";
    else return false;
    return true;
  };

  const readFontWord = (name: string, parameter: number): void => {
    if (name === "f") currentFont = parameter;
    else if (name === "fcharset" && parameter !== 1) {
      fontEncodings.set(currentFont, findCharsetEncoding(parameter, defaultEncoding));
    } else if (name === "cpg" && parameter > 0) fontEncodings.set(currentFont, findCodePageEncoding(parameter));
  };

  const readStyleWord = (name: string, parameter: number): void => {
    if (name === "s") {
      captured = "";
      group.opensStyle = true;
      styles.open(parameter);
    } else if (name === "sbasedon" && parameter !== 222) styles.setBase(parameter);
    else if (name === "outlinelevel") styles.setOutlineLevel(parameter);
  };

  /** Character and document settings, which hold wherever they stand. */
  const readSetting = (name: string, parameter: number | undefined): boolean => {
    if (name === "uc") group.unicodeSkip = parameter ?? 1;
    else if (name === "ansicpg") {
      if (parameter) defaultEncoding = group.encoding = findCodePageEncoding(parameter);
    } else if (name === "mac") defaultEncoding = group.encoding = "macintosh";
    else if (name === "pc" || name === "pca") defaultEncoding = group.encoding = "cp437";
    else if (name === "deff") defaultFont = parameter;
    else if (name === "f" && parameter !== undefined) group.encoding = fontEncodings.get(parameter) ?? defaultEncoding;
    else if (name === "plain") {
      group.encoding = fontEncodings.get(defaultFont ?? -1) ?? defaultEncoding;
      group.isHidden = false;
    } else if (name === "v" || name === "deleted") group.isHidden = parameter !== 0;
    else return false;
    return true;
  };

  const readTextWord = (name: string, parameter: number | undefined): void => {
    const { paragraph } = story;
    const shown = characters[name];
    if (shown !== undefined) addText(shown);
    else if (name === "par" || name === "sect" || name === "page" || name === "column") story.endParagraph();
    else if (name === "pard") story.resetParagraph();
    else if (name === "s") paragraph.headingLevel = styles.findHeadingLevel(parameter ?? 0);
    else if (name === "outlinelevel") paragraph.headingLevel = (parameter ?? 9) < 9 ? (parameter ?? 0) + 1 : 0;
    else if (name === "ls") paragraph.isList = parameter !== 0;
    else if (name === "pnlvlblt" || name === "pnlvlbody") paragraph.isList = true;
    else if (name === "intbl") paragraph.isInTable = true;
    else if (name === "itap") paragraph.nesting = Math.min(Math.max(parameter ?? 1, 0), 20);
    else if (name === "cell") story.endCell();
    else if (name === "row") story.endRow();
    else if (name === "nestcell") story.endNestedCell();
    else if (name === "nestrow") story.endNestedRow();
    else if (name === "trhdr") story.markHeaderRow();
    else if (name === "ftnalt") {
      const opened = group.opensStory;
      if (opened) opened.isEndnote = true;
    }
  };

  tokenizeRtf(bytes, {
    openGroup() {
      flush();
      charsToSkip = 0;
      if (groups.length >= limits.rtfDepth) {
        throw new ExtractFailure(
          "too_complex",
          `groups are nested deeper than ${limits.rtfDepth.toLocaleString("en")} levels`,
          {
            suspicious: true,
          },
        );
      }
      groups.push(group);
      group = { ...group, isIgnorable: false, opensStory: undefined, opensStyle: undefined };
    },
    closeGroup() {
      charsToSkip = 0;
      closeGroup();
    },
    word(name, parameter) {
      flush();
      charsToSkip = 0;
      if (name === "u") {
        addText(String.fromCharCode((parameter ?? 63) & 0xffff));
        charsToSkip = group.unicodeSkip;
        return;
      }
      if (openDestination(name)) return;
      if (group.isIgnorable) {
        // \* marks a destination to skip for readers that do not know it; math is text all the same.
        group.isIgnorable = false;
        if (!/^(?:moMath|moMathPara|cs|pn|fldrslt)$/.test(name)) group.destination = "skipped";
      }
      if (group.destination === "fonts") readFontWord(name, parameter ?? 0);
      else if (group.destination === "styles") readStyleWord(name, parameter ?? 0);
      else if (!readSetting(name, parameter) && group.destination === "text") readTextWord(name, parameter);
      else if (group.destination === "label" && name === "tab") story.label += " ";
    },
    symbol(byte) {
      flush();
      if (byte === 0x2a) group.isIgnorable = true;
      else if (byte === 0x7e) addText("\u00a0");
      else if (byte === 0x5f) addText("-");
      else if (byte === 0x0a || byte === 0x0d) {
        if (group.destination === "text") story.endParagraph();
      } else if (byte === 0x5c || byte === 0x7b || byte === 0x7d) addText(String.fromCharCode(byte));
    },
    byte(byte) {
      if (charsToSkip > 0) charsToSkip--;
      else if (group.destination !== "skipped" && group.destination !== "fonts") {
        pending.push(byte);
        if (pending.length >= maxBufferedBytes) flush();
      }
    },
  });
  flush();
  while (stories.length > 1) closeStory({ kind: "box", isEndnote: false });
  const toPieces = (mark: string, texts: Set<string>): Piece[] => [...texts].map((text) => markText(mark, text));
  return {
    pieces: [...toPieces("Header", margins.header), ...body.finish(), ...toPieces("Footer", margins.footer)],
    properties,
  };
}
