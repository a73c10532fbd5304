import { advanceNumbering, type NumberingCounters } from "./numbering.ts";
import type { OdfStyles } from "./odf-styles.ts";
import { readAttribute, readIntegerAttribute, type XmlAttributes } from "./xml.ts";

/** Follows the nesting of text:list elements and counts their items (ODF 1.3 part 3, 5.3). */
export type OdfLists = {
  openList(attributes: XmlAttributes): void;
  closeList(): void;
  openItem(attributes: XmlAttributes, isHeader: boolean): void;
  /** Label of the paragraph that opens an item, "" for bullets and further paragraphs; undefined outside lists. */
  takeLabel(): string | undefined;
};

type OpenList = { styleName?: string; counters: NumberingCounters; hasPendingItem: boolean };

export function createOdfLists(styles: OdfStyles): OdfLists {
  const open: OpenList[] = [];
  const countersByStyle = new Map<string, NumberingCounters>();
  const countersById = new Map<string, NumberingCounters>();

  const findCounters = (attributes: XmlAttributes, styleName: string | undefined): NumberingCounters => {
    const continued = readAttribute(attributes, "continue-list");
    const byId = continued === undefined ? undefined : countersById.get(continued);
    if (byId) return byId;
    const isContinued = readAttribute(attributes, "continue-numbering") === "true";
    return (isContinued && styleName !== undefined ? countersByStyle.get(styleName) : undefined) ?? [];
  };

  return {
    openList(attributes) {
      const parent = open.at(-1);
      const styleName = readAttribute(attributes, "style-name") ?? parent?.styleName;
      const counters = parent ? parent.counters : findCounters(attributes, styleName);
      if (!parent) {
        const id = readAttribute(attributes, "id");
        if (id !== undefined) countersById.set(id, counters);
        if (styleName !== undefined) countersByStyle.set(styleName, counters);
      }
      open.push({ styleName, counters, hasPendingItem: false });
    },
    closeList() {
      open.pop();
    },
    openItem(attributes, isHeader) {
      const list = open.at(-1);
      if (!list) return;
      list.hasPendingItem = !isHeader;
      const start = readIntegerAttribute(attributes, "start-value", -1);
      if (start >= 0) list.counters[open.length - 1] = start - 1;
    },
    takeLabel() {
      const list = open.at(-1);
      if (!list) return undefined;
      if (!list.hasPendingItem) return "";
      list.hasPendingItem = false;
      const definition = styles.listStyles.get(list.styleName ?? "");
      return definition ? advanceNumbering(definition, list.counters, open.length - 1) : "";
    },
  };
}
