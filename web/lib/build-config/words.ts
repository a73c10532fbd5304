/** Words of a text, apart by spaces, commas or line ends, each once. */
export const parseWords = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,;]+/)
      .map((word) => word.trim())
      .filter(Boolean),
  ),
];
export const printWords = (words: readonly string[]): string => words.join(" ");

/** Groups of words that mean the same: a line a group, words apart by commas. Lines with one word are left out. */
export const parseSynonyms = (text: string): string[][] =>
  text
    .split("\n")
    .map((line) => [
      ...new Set(
        line
          .split(",")
          .map((word) => word.trim().replace(/\s+/g, " "))
          .filter(Boolean),
      ),
    ])
    .filter((group) => group.length > 1);
export const printSynonyms = (groups: readonly (readonly string[])[]): string =>
  groups.map((group) => group.join(", ")).join("\n");
