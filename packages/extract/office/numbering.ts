/**
 * One level of a list: `text` holds %1 to %9 for the counters of the levels above and its own.
 * A legal level writes all of them in digits.
 */
export type NumberingLevel = { format: string; text: string; start: number; restartAfter?: number; isLegal?: boolean };

/** A list definition; levels count from 0. */
export type NumberingDefinition = Map<number, NumberingLevel>;

/** Counters of one running list, by level. */
export type NumberingCounters = number[];

const maxLevel = 20;

/**
 * Moves a list on by one item and yields the item's label as its program would show it, such as "2.1" or "(c)".
 * Bullets and levels without a number yield "".
 */
export function advanceNumbering(
  definition: NumberingDefinition,
  counters: NumberingCounters,
  level: number,
  overrides?: Map<number, number>,
): string {
  const own = level >= 0 && level <= maxLevel ? definition.get(level) : undefined;
  if (!own) return "";
  const startOf = (index: number): number => overrides?.get(index) ?? definition.get(index)?.start ?? 1;
  counters[level] = (counters[level] ?? startOf(level) - 1) + 1;
  for (let deeper = level + 1; deeper < counters.length; deeper++) {
    const restartAfter = definition.get(deeper)?.restartAfter;
    if (restartAfter !== 0 && (restartAfter === undefined || level < restartAfter)) delete counters[deeper];
  }
  if (own.format === "bullet" || own.format === "none") return "";
  return own.text
    .replace(/%([1-9])/g, (_, digit: string) => {
      const index = Number(digit) - 1;
      return formatNumber(
        counters[index] ?? startOf(index),
        own.isLegal ? "decimal" : (definition.get(index)?.format ?? "decimal"),
      );
    })
    .trim();
}

/** A number in one of the formats lists use (ECMA-376 ST_NumberFormat); unknown formats become digits. */
export function formatNumber(value: number, format: string): string {
  switch (format) {
    case "lowerLetter":
      return formatLetters(value).toLowerCase();
    case "upperLetter":
      return formatLetters(value);
    case "lowerRoman":
      return formatRoman(value).toLowerCase();
    case "upperRoman":
      return formatRoman(value);
    case "decimalZero":
      return String(value).padStart(2, "0");
    case "bullet":
    case "none":
      return "";
    default:
      return String(value);
  }
}

/** a to z, then aa, bb ... as Word counts. */
function formatLetters(value: number): string {
  if (value < 1 || value > 780) return String(value);
  const letter = String.fromCharCode(65 + ((value - 1) % 26));
  return letter.repeat(Math.ceil(value / 26));
}

const romanDigits: [number, string][] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

function formatRoman(value: number): string {
  if (value < 1 || value > 3999) return String(value);
  let rest = value;
  let text = "";
  for (const [worth, digits] of romanDigits) {
    while (rest >= worth) {
      text += digits;
      rest -= worth;
    }
  }
  return text;
}
