import { format } from "numfmt";

/**
 * Formats every Excel has without naming them in the file (ECMA-376 part 1, 18.8.30). Dates whose order depends
 * on the reader's country are written year first, so that a passage can be read without knowing that country.
 */
const builtInFormats: Record<number, string> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
  11: "0.00E+00",
  12: "# ?/?",
  13: "# ??/??",
  14: "yyyy-mm-dd",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  22: "yyyy-mm-dd h:mm",
  37: "#,##0 ;(#,##0)",
  38: "#,##0 ;(#,##0)",
  39: "#,##0.00;(#,##0.00)",
  40: "#,##0.00;(#,##0.00)",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mm:ss.0",
  48: "##0.0E+0",
};

/** Format ids 27 to 36 and 50 to 58 are dates in East Asian editions (ECMA-376 part 1, 18.8.30). */
export function findBuiltInFormat(id: number): string | undefined {
  if ((id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || id === 57 || id === 58) return "yyyy-mm-dd";
  if (id === 32 || id === 33) return "h:mm";
  return builtInFormats[id];
}

/** Days between the two epochs a workbook may count from (1900 and 1904). */
const epochOffsetDays = 1462;

/** A stored number as its cell shows it. Numbers without a format keep at most 15 digits, as Excel shows. */
export function formatCellNumber(raw: string, code: string | undefined, isDate1904 = false): string {
  const value = Number(raw);
  if (raw.trim() === "" || !Number.isFinite(value)) return raw;
  if (code === undefined || code === "@" || /^general$/i.test(code)) {
    return /[.eE]/.test(raw) ? String(Number(value.toPrecision(15))) : raw;
  }
  try {
    const shift = isDate1904 && isDateFormat(code) ? epochOffsetDays : 0;
    const shown = format(code, value + shift, { throws: false, nbsp: false }).trim();
    return /^#+$/.test(shown) ? raw : shown;
  } catch {
    return raw;
  }
}

const dateFormats = new Map<string, boolean>();

function isDateFormat(code: string): boolean {
  let known = dateFormats.get(code);
  if (known === undefined) {
    known = /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ""));
    if (dateFormats.size < 1_000) dateFormats.set(code, known);
  }
  return known;
}
