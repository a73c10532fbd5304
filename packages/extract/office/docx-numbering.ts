import {
  advanceNumbering,
  type NumberingCounters,
  type NumberingDefinition,
  type NumberingLevel,
} from "./numbering.ts";
import { type OoxmlPackage, parsePart, readVal } from "./ooxml.ts";
import { isOn, readAttribute, readIntegerAttribute } from "./xml.ts";

export type DocxNumbering = {
  /** Counts one paragraph of a list and yields its label; undefined if the paragraph is in no list. */
  next(numberingId: string, level: number): string | undefined;
  /** The level a paragraph style is tied to inside a list. */
  findStyleLevel(numberingId: string, styleId: string): number | undefined;
};

type AbstractNumbering = {
  levels: NumberingDefinition;
  styleLevels: Map<string, number>;
  styleLink?: string;
  numStyleLink?: string;
};
type NumberingInstance = { abstractId: string; startOverrides: Map<number, number>; levels: NumberingDefinition };

/** Reads the numbering part (ECMA-376 part 1, 17.9). Lists that share an abstract definition go on counting. */
export async function readDocxNumbering(office: OoxmlPackage, part: string | undefined): Promise<DocxNumbering> {
  const abstracts = new Map<string, AbstractNumbering>();
  const instances = new Map<string, NumberingInstance>();
  let abstract: AbstractNumbering | undefined;
  let instance: NumberingInstance | undefined;
  let overrideLevel = 0;
  let level: NumberingLevel | undefined;
  let levelIndex = 0;
  await parsePart(office, part, {
    open(name, attributes) {
      if (name === "abstractNum") {
        abstract = { levels: new Map(), styleLevels: new Map() };
        abstracts.set(readAttribute(attributes, "abstractNumId") ?? "", abstract);
      } else if (name === "num") {
        instance = { abstractId: "", startOverrides: new Map(), levels: new Map() };
        instances.set(readAttribute(attributes, "numId") ?? "", instance);
      } else if (name === "lvlOverride") overrideLevel = readIntegerAttribute(attributes, "ilvl", 0);
      else if (name === "startOverride")
        instance?.startOverrides.set(overrideLevel, readIntegerAttribute(attributes, "val", 1));
      else if (name === "abstractNumId" && instance) instance.abstractId = readVal(attributes) ?? "";
      else if (name === "styleLink" && abstract) abstract.styleLink = readVal(attributes);
      else if (name === "numStyleLink" && abstract) abstract.numStyleLink = readVal(attributes);
      else if (name === "lvl") {
        levelIndex = readIntegerAttribute(attributes, "ilvl", 0);
        // A level without a start begins at 0 (ECMA-376 part 1, 17.9.25).
        level = { format: "decimal", text: "", start: 0 };
        (instance ?? abstract)?.levels.set(levelIndex, level);
      } else if (!level) return;
      else if (name === "start") level.start = readIntegerAttribute(attributes, "val", 1);
      else if (name === "numFmt") level.format = readVal(attributes) ?? "decimal";
      else if (name === "lvlText") level.text = readVal(attributes) ?? "";
      else if (name === "isLgl") level.isLegal = isOn(readVal(attributes));
      else if (name === "lvlRestart") level.restartAfter = readIntegerAttribute(attributes, "val", 0);
      else if (name === "pStyle") abstract?.styleLevels.set(readVal(attributes) ?? "", levelIndex);
    },
    close(name) {
      if (name === "abstractNum") abstract = undefined;
      else if (name === "num") instance = undefined;
      else if (name === "lvl") level = undefined;
    },
  });

  const findAbstract = (numberingId: string): { id: string; abstract: AbstractNumbering } | undefined => {
    const id = instances.get(numberingId)?.abstractId;
    const found = id === undefined ? undefined : abstracts.get(id);
    if (id === undefined || !found?.numStyleLink)
      return found && id !== undefined ? { id, abstract: found } : undefined;
    for (const [linkedId, linked] of abstracts) {
      if (linked.styleLink === found.numStyleLink) return { id: linkedId, abstract: linked };
    }
    return { id, abstract: found };
  };

  const countersByAbstract = new Map<string, NumberingCounters>();
  const started = new Set<string>();
  return {
    findStyleLevel: (numberingId, styleId) => findAbstract(numberingId)?.abstract.styleLevels.get(styleId),
    next(numberingId, levelNumber) {
      const own = instances.get(numberingId);
      const found = findAbstract(numberingId);
      if (!own || !found) return undefined;
      let counters = countersByAbstract.get(found.id);
      if (!counters) {
        counters = [];
        countersByAbstract.set(found.id, counters);
      }
      if (!started.has(numberingId)) {
        started.add(numberingId);
        for (const overridden of own.startOverrides.keys()) delete counters[overridden];
      }
      const levels = own.levels.size > 0 ? new Map([...found.abstract.levels, ...own.levels]) : found.abstract.levels;
      return advanceNumbering(levels, counters, levelNumber, own.startOverrides);
    },
  };
}
