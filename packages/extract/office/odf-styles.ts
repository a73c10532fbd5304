import type { NumberingDefinition } from "./numbering.ts";
import { readAttribute, readIntegerAttribute, type XmlAttributes, type XmlHandler } from "./xml.ts";

export type OdfParagraphRole = "title" | "quote" | "caption" | "codeLine";

type StyleEntry = { name: string; parent?: string; outlineLevel?: number; listStyle?: string; isHidden: boolean };

export type OdfStyles = {
  /** Feeds the styles of styles.xml and of the automatic styles in content.xml. */
  handler: XmlHandler;
  findRole(styleName: string | undefined): OdfParagraphRole | undefined;
  /** Heading level a style gives to plain paragraphs, or 0. */
  findOutlineLevel(styleName: string | undefined): number;
  findListStyle(styleName: string | undefined): string | undefined;
  isHidden(styleName: string | undefined, family: "paragraph" | "text"): boolean;
  listStyles: Map<string, NumberingDefinition>;
  /** Numbering of headings by level, counted from 0. */
  outline: NumberingDefinition;
};

const roles: [RegExp, OdfParagraphRole][] = [
  [/^title$/i, "title"],
  [/^quotations?$|^block ?quote$/i, "quote"],
  [/^(?:caption|illustration|figure|drawing)$/i, "caption"],
  [/^preformatted text$|^source ?code$/i, "codeLine"],
];
const maxInheritance = 20;
const numberFormats: Record<string, string> = {
  "1": "decimal",
  a: "lowerLetter",
  A: "upperLetter",
  i: "lowerRoman",
  I: "upperRoman",
};

/** Collects paragraph, text and list styles (ODF 1.3 part 3, 16). Levels in the file count from 1. */
export function createOdfStyles(): OdfStyles {
  const styles = new Map<string, StyleEntry>();
  const listStyles = new Map<string, NumberingDefinition>();
  const outline: NumberingDefinition = new Map();
  let current: StyleEntry | undefined;
  let definition: NumberingDefinition | undefined;

  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === "style") {
        const id = readAttribute(attributes, "name") ?? "";
        const shownName = readAttribute(attributes, "display-name") ?? decodeStyleName(id);
        current = { name: shownName, parent: readAttribute(attributes, "parent-style-name"), isHidden: false };
        current.listStyle = readAttribute(attributes, "list-style-name");
        const level = readIntegerAttribute(attributes, "default-outline-level", 0);
        if (level > 0) current.outlineLevel = level;
        styles.set(`${readAttribute(attributes, "family")}:${id}`, current);
      } else if (name === "text-properties" && current)
        current.isHidden = readAttribute(attributes, "display") === "none";
      else if (name === "list-style") {
        definition = new Map();
        listStyles.set(readAttribute(attributes, "name") ?? "", definition);
      } else if (name === "outline-style") definition = outline;
      else if (definition) addLevel(definition, name, attributes);
    },
    close(name) {
      if (name === "style") current = undefined;
      else if (name === "list-style" || name === "outline-style") definition = undefined;
    },
  };

  const listChain = (styleName: string | undefined): StyleEntry[] => {
    const chain: StyleEntry[] = [];
    let id = styleName;
    while (id !== undefined && chain.length < maxInheritance) {
      const entry: StyleEntry = styles.get(`paragraph:${id}`) ?? { name: decodeStyleName(id), isHidden: false };
      chain.push(entry);
      id = entry.parent;
    }
    return chain;
  };

  return {
    handler,
    listStyles,
    outline,
    findRole(styleName) {
      for (const { name } of listChain(styleName)) {
        for (const [pattern, role] of roles) if (pattern.test(name)) return role;
      }
      return undefined;
    },
    findOutlineLevel: (styleName) => listChain(styleName).find(({ outlineLevel }) => outlineLevel)?.outlineLevel ?? 0,
    findListStyle: (styleName) => listChain(styleName).find(({ listStyle }) => listStyle)?.listStyle,
    isHidden: (styleName, family) => styles.get(`${family}:${styleName}`)?.isHidden === true,
  };
}

/** Style ids hold spaces and signs as _20_ and the like. */
function decodeStyleName(id: string): string {
  return id.replace(/_([0-9a-f]{2})_/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function addLevel(definition: NumberingDefinition, name: string, attributes: XmlAttributes): void {
  if (!/^(?:list-level-style-(?:number|bullet|image)|outline-level-style)$/.test(name)) return;
  const level = readIntegerAttribute(attributes, "level", 1) - 1;
  const format = numberFormats[readAttribute(attributes, "num-format") ?? ""];
  if (!format) {
    definition.set(level, { format: name === "outline-level-style" ? "none" : "bullet", text: "", start: 1 });
    return;
  }
  const shownLevels = Math.min(readIntegerAttribute(attributes, "display-levels", 1), level + 1);
  const counters = Array.from({ length: shownLevels }, (_, index) => `%${level + 2 - shownLevels + index}`);
  const text = `${readAttribute(attributes, "num-prefix") ?? ""}${counters.join(".")}${readAttribute(attributes, "num-suffix") ?? ""}`;
  definition.set(level, { format, text, start: readIntegerAttribute(attributes, "start-value", 1) });
}
