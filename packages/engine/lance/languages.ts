/** Languages the engine's analyzer knows, by code. Any other name aborts the process inside the engine, so it never gets there. */
const languages: Readonly<Record<string, string>> = {
  ar: "Arabic",
  da: "Danish",
  de: "German",
  el: "Greek",
  en: "English",
  es: "Spanish",
  fi: "Finnish",
  fr: "French",
  hu: "Hungarian",
  it: "Italian",
  nl: "Dutch",
  no: "Norwegian",
  pt: "Portuguese",
  ro: "Romanian",
  ru: "Russian",
  sv: "Swedish",
  ta: "Tamil",
  tr: "Turkish",
};

/** No stemming and no stop words: for languages without a stemmer, and for mixtures. */
export const plainLanguage = "none";

/** The analyzer's name for a language given by code or name in any case; throws and lists the choices otherwise. */
export function requireLanguage(language: string): string {
  const wanted = language.trim().toLowerCase();
  if (wanted === plainLanguage) return plainLanguage;
  const name = Object.hasOwn(languages, wanted)
    ? languages[wanted]
    : Object.values(languages).find((known) => known.toLowerCase() === wanted);
  if (name !== undefined) return name;
  const choices = Object.entries(languages).map(([code, known]) => `${code} (${known})`);
  throw new Error(
    `The language ${JSON.stringify(language.slice(0, 40))} is not known. Choose none, ${choices.join(", ")}.`,
  );
}
