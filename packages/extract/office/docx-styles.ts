import { type OoxmlPackage, parsePart, readVal } from "./ooxml.ts";
import { isOn, readAttribute, readIntegerAttribute } from "./xml.ts";

export type ParagraphRole = "quote" | "caption" | "codeLine";

export type ParagraphStyle = {
  /** 1 to 9, or 0 for running text. */
  headingLevel: number;
  role?: ParagraphRole;
  numberingId?: string;
  numberingLevel?: number;
  hidden: boolean;
};

export type DocxStyles = {
  /** What a paragraph style means, inherited through basedOn. Unknown ids are judged by the id itself. */
  find(styleId: string): ParagraphStyle;
  isHiddenRun(styleId: string): boolean;
  defaultParagraphStyle?: string;
  language?: string;
};

type StyleEntry = {
  name: string;
  kind: string;
  basedOn?: string;
  outlineLevel?: number;
  numberingId?: string;
  numberingLevel?: number;
  hidden: boolean;
};

/** Built-in heading names as Word, LibreOffice and Google Docs write them in documents of other languages. */
const headingName =
  /^(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|标题|見出し|제목)\s*([1-9])$/i;
const rolePatterns: [RegExp, ParagraphRole][] = [
  [/^(?:intense )?quote$|^block ?(?:text|quote)s?$|^quotations$/i, "quote"],
  [/caption$/i, "caption"],
  [/^(?:source ?code|code|html preformatted|preformatted(?: text)?|macro text)$/i, "codeLine"],
];
const maxInheritance = 20;

/** Reads the style part. Without one every style is judged by its id, which Word keeps in English. */
export async function readDocxStyles(office: OoxmlPackage, part: string | undefined): Promise<DocxStyles> {
  const styles = new Map<string, StyleEntry>();
  let current: StyleEntry | undefined;
  let defaultParagraphStyle: string | undefined;
  let language: string | undefined;
  await parsePart(office, part, {
    open(name, attributes) {
      if (name === "style") {
        const id = readAttribute(attributes, "styleId") ?? "";
        current = { name: "", kind: readAttribute(attributes, "type") ?? "paragraph", hidden: false };
        styles.set(id, current);
        const isDefault = readAttribute(attributes, "default");
        if (current.kind === "paragraph" && isDefault !== undefined && isOn(isDefault)) defaultParagraphStyle = id;
      } else if (name === "lang" && !current) language ??= readVal(attributes);
      else if (!current) return;
      else if (name === "name") current.name = readVal(attributes) ?? "";
      else if (name === "basedOn") current.basedOn = readVal(attributes);
      else if (name === "outlineLvl") current.outlineLevel = readIntegerAttribute(attributes, "val", 9);
      else if (name === "numId") current.numberingId = readVal(attributes);
      else if (name === "ilvl") current.numberingLevel = readIntegerAttribute(attributes, "val", 0);
      else if (name === "vanish") current.hidden = isOn(readVal(attributes));
    },
    close(name) {
      if (name === "style") current = undefined;
    },
  });
  const cache = new Map<string, ParagraphStyle>();
  return {
    find(styleId) {
      let style = cache.get(styleId);
      if (!style) {
        style = resolveStyle(styles, styleId);
        cache.set(styleId, style);
      }
      return style;
    },
    isHiddenRun: (styleId) => styles.get(styleId)?.kind === "character" && styles.get(styleId)?.hidden === true,
    defaultParagraphStyle,
    language,
  };
}

function resolveStyle(styles: Map<string, StyleEntry>, styleId: string): ParagraphStyle {
  const chain: StyleEntry[] = [];
  for (let id: string | undefined = styleId; id !== undefined && chain.length < maxInheritance; ) {
    const entry = styles.get(id);
    if (!entry) break;
    chain.push(entry);
    id = entry.basedOn;
  }
  if (chain.length === 0) chain.push({ name: styleId.replace(/(\D)(\d)$/, "$1 $2"), kind: "paragraph", hidden: false });
  return {
    headingLevel: findHeadingLevel(chain),
    role: findRole(chain),
    numberingId: chain.find((entry) => entry.numberingId !== undefined)?.numberingId,
    numberingLevel: chain.find((entry) => entry.numberingLevel !== undefined)?.numberingLevel,
    hidden: chain[0]?.hidden === true,
  };
}

function findHeadingLevel(chain: StyleEntry[]): number {
  for (const entry of chain) {
    if (entry.outlineLevel !== undefined) return entry.outlineLevel < 9 ? entry.outlineLevel + 1 : 0;
    const level = headingName.exec(entry.name)?.[1];
    if (level) return Number(level);
    if (/^title$/i.test(entry.name)) return 1;
  }
  return 0;
}

function findRole(chain: StyleEntry[]): ParagraphRole | undefined {
  for (const entry of chain) {
    for (const [pattern, role] of rolePatterns) if (pattern.test(entry.name)) return role;
  }
  return undefined;
}
