import { limits } from "./limits.ts";

/** What a short text of a person must keep to. */
export type TextRule = {
  trims: boolean;
  lengthMin: number;
  lengthMax: number;
  emptyText: string;
  refusals: readonly { isRefused: (text: string) => boolean; text: string }[];
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what is refused
const controlCharacters = /[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const withoutControls = {
  isRefused: (text: string) => controlCharacters.test(text),
  text: "control characters are not allowed",
};

export const tooLongText = (lengthMax: number): string => `use at most ${lengthMax} characters`;

export const documentNameRule: TextRule = {
  trims: true,
  lengthMin: 1,
  lengthMax: limits.nameLengthMax,
  emptyText: "give it a name",
  refusals: [
    withoutControls,
    { isRefused: (name) => !name.isWellFormed(), text: "half of a character is not allowed" },
    {
      isRefused: (name) => /[/\\]/.test(name) || name === "." || name === "..",
      text: "slashes are not allowed in a name; the folder goes into `path`",
    },
  ],
};

export const sourcePathRule: TextRule = {
  trims: false,
  lengthMin: 0,
  lengthMax: limits.pathLengthMax,
  emptyText: "",
  refusals: [
    withoutControls,
    {
      isRefused: (path) => path !== "" && path.split("/").some((part) => part === "" || part === "." || part === ".."),
      text: "use folders joined by single slashes, without . or ..",
    },
  ],
};

export const tagRule: TextRule = {
  trims: true,
  lengthMin: 1,
  lengthMax: limits.tagLengthMax,
  emptyText: "write a tag",
  refusals: [withoutControls],
};

/** What is wrong with a text by its rule, as the API would say it; undefined if nothing is. */
export const problemOfText = (rule: TextRule, typed: string): string | undefined => {
  const text = rule.trims ? typed.trim() : typed;
  if (text.length < rule.lengthMin) return rule.emptyText;
  if (text.length > rule.lengthMax) return tooLongText(rule.lengthMax);
  return rule.refusals.find(({ isRefused }) => isRefused(text))?.text;
};
