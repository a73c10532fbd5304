import type { BuildConfig } from "@samla/contracts";
import type { BuildStage } from "@samla/contracts/plain";
import { formatPlural } from "../format.ts";

const settings: Record<string, string> = {
  ocr: "Recognise text on pictures",
  splitBy: "Where passages end",
  targetTokens: "Length of passages",
  overlapTokens: "Overlap of passages",
  embedder: "Embedder",
  dimensions: "Dimensions",
  language: "Language",
  stem: "Forms of a word count as one",
  "fieldWeights.title": "Weight of the title",
  "fieldWeights.section": "Weight of the heading",
  stopWords: "Stop words",
  "stopWords.words": "Stop words",
  synonyms: "Synonyms",
  fusion: "Ranking",
  "fusion.vectorWeight": "Weight of meaning",
  "fusion.lexicalWeight": "Weight of words",
  "fusion.k": "Constant k of reciprocal ranks",
  "fusion.feedback": "Feedback from the first hits",
  "fusion.feedback.passages": "Feedback: passages",
  "fusion.feedback.weight": "Feedback: weight",
  pinned: "Shown first",
  buried: "Never shown",
};

/** Name of a setting for people; `path` such as `fieldWeights.title`. */
export const settingLabel = (path: string): string => settings[path] ?? path;

const stages: Record<BuildStage, { label: string; again: string }> = {
  extract: { label: "Read", again: "Files are read again" },
  split: { label: "Cut into passages", again: "Texts are cut into passages again" },
  embed: { label: "Make vectors", again: "Vectors are made again" },
  write: { label: "Write the table", again: "The table is written anew" },
  query: { label: "Query", again: "Takes effect when somebody searches; no data is made again" },
};
export const stageLabel = (stage: BuildStage): string => stages[stage].label;
export const stageAgain = (stage: BuildStage): string => stages[stage].again;

/** How word and vector scores become one, in a sentence. */
export const describeFusion = (fusion: BuildConfig["fusion"]): string =>
  fusion.kind === "weighted"
    ? `Word score, plus ${fusion.vectorWeight} of the vector score (both normalised)`
    : `Reciprocal ranks (k ${fusion.k}): words ${fusion.lexicalWeight}, vectors ${fusion.vectorWeight}`;

export const describeStopWords = (stopWords: BuildConfig["stopWords"]): string =>
  stopWords.kind === "language"
    ? "those of the language"
    : stopWords.kind === "none"
      ? "none, every word counts"
      : formatPlural(stopWords.words.length, "word of your own", "words of your own");

type Rule = BuildConfig["pinned"][number];

const valueTexts: Record<string, (value: never) => string> = {
  ocr: (value: BuildConfig["ocr"]) => (value === "auto" ? "where a page has no text" : "off"),
  splitBy: (value: BuildConfig["splitBy"]) => (value === "structure" ? "at headings and sentences" : "wherever full"),
  targetTokens: (value: number) => `about ${value} tokens`,
  overlapTokens: (value: number) => (value === 0 ? "none" : `${value} tokens`),
  embedder: (value: string) => (value === "none" ? "none, words only" : value),
  fusion: describeFusion as (value: never) => string,
  stopWords: describeStopWords as (value: never) => string,
  synonyms: (value: unknown[]) => (value.length === 0 ? "none" : formatPlural(value.length, "group")),
  pinned: (value: Rule[]) => (value.length === 0 ? "no rules" : formatPlural(value.length, "rule")),
  buried: (value: Rule[]) => (value.length === 0 ? "no rules" : formatPlural(value.length, "rule")),
  "fusion.feedback": (value: { passages: number; weight: number }) =>
    `${formatPlural(value.passages, "passage")}, weight ${value.weight}`,
};

/** A setting's value in words. */
export const showValue = (path: string, value: unknown): string => {
  if (value === undefined || value === null) return "off";
  const show = valueTexts[path];
  if (show) return show(value as never);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

/** The members of a setting that is a list, as texts; undefined for any other setting. */
export const listOfValue = (path: string, value: unknown): string[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  if (path === "synonyms") return (value as string[][]).map((group) => group.join(", "));
  if (path === "pinned" || path === "buried")
    return (value as Rule[]).map((rule) => `“${rule.query}”: ${formatPlural(rule.documentIds.length, "document")}`);
  return value.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
};

/** Members that came and went between two lists. A rule with other documents counts as both. */
export const listChange = (
  path: string,
  before: unknown,
  after: unknown,
): { removed: string[]; added: string[] } | undefined => {
  const [left, right] = [listOfValue(path, before ?? []), listOfValue(path, after ?? [])];
  if (!left || !right) return undefined;
  return {
    removed: left.filter((one) => !right.includes(one)),
    added: right.filter((one) => !left.includes(one)),
  };
};
