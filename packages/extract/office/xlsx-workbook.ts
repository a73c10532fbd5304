import { findBuiltInFormat } from "./number-format.ts";
import { findRelated, type OoxmlPackage, parsePart } from "./ooxml.ts";
import { assertTextLength } from "./pieces.ts";
import { isOn, parseXml, readAttribute, readIntegerAttribute, readPrefixedAttribute } from "./xml.ts";

export type SheetEntry = { name: string; relationshipId: string };

export type Workbook = {
  sheets: SheetEntry[];
  isDate1904: boolean;
  sharedStrings: string[];
  /** Number format code per cell style; undefined means General. */
  formatCodes: (string | undefined)[];
};

/** Reads what all sheets share: their names in order, the string table and the number formats. */
export async function readWorkbook(office: OoxmlPackage): Promise<Workbook> {
  const sheets: SheetEntry[] = [];
  let isDate1904 = false;
  await parsePart(office, office.mainPart, {
    open(name, attributes) {
      if (name === "sheet") {
        const relationshipId = readPrefixedAttribute(attributes, "id");
        if (relationshipId) sheets.push({ name: attributes.name ?? "", relationshipId });
      } else if (name === "workbookPr" && attributes.date1904 !== undefined) isDate1904 = isOn(attributes.date1904);
    },
  });
  return {
    sheets,
    isDate1904,
    sharedStrings: await readSharedStrings(office),
    formatCodes: await readFormatCodes(office),
  };
}

/** Strings by index; phonetic guides (rPh) are not part of a string. */
async function readSharedStrings(office: OoxmlPackage): Promise<string[]> {
  const strings: string[] = [];
  const part = findRelated(office.mainRelationships, "sharedStrings");
  if (!part || !office.zip.has(part)) return strings;
  let current = "";
  let inText = false;
  let phoneticDepth = 0;
  let chars = 0;
  await parseXml(
    office.zip.stream(part),
    {
      open(name) {
        if (name === "si") current = "";
        else if (name === "rPh") phoneticDepth++;
        else if (name === "t") inText = true;
      },
      text(text) {
        if (!inText || phoneticDepth > 0) return;
        chars += text.length;
        assertTextLength(chars, office.limits);
        current += text;
      },
      close(name) {
        if (name === "t") inText = false;
        else if (name === "rPh") phoneticDepth--;
        else if (name === "si") strings.push(decodeEscapes(current));
      },
    },
    { xmlDepth: office.limits.xmlDepth, xmlNodes: office.limits.sheetXmlNodes },
  );
  return strings;
}

/** Characters XML cannot hold are written _xHHHH_ (ECMA-376 part 1, 22.9.2.19). */
export function decodeEscapes(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

async function readFormatCodes(office: OoxmlPackage): Promise<(string | undefined)[]> {
  const custom = new Map<number, string>();
  const codes: (string | undefined)[] = [];
  let isInCellFormats = false;
  await parsePart(office, findRelated(office.mainRelationships, "styles"), {
    open(name, attributes) {
      if (name === "numFmt")
        custom.set(readIntegerAttribute(attributes, "numFmtId", 0), readAttribute(attributes, "formatCode") ?? "");
      else if (name === "cellXfs") isInCellFormats = true;
      else if (name === "xf" && isInCellFormats) {
        const id = readIntegerAttribute(attributes, "numFmtId", 0);
        codes.push(custom.get(id) ?? findBuiltInFormat(id));
      }
    },
    close(name) {
      if (name === "cellXfs") isInCellFormats = false;
    },
  });
  return codes;
}
