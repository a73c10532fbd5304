/** Words that carry no subject, of English and German, as questions use them. */
const emptyWords = new Set(
  (
    "a about above ago after again all also am an and any are as at be because been before being below between both but by can " +
    "cannot could did do does doing done down during each else ever every few for from further far get gets give given go goes had happen happened happens " +
    "has have having he her here hers him his how however i if in into is it its itself just kind know let like long make makes many " +
    "may me mean means might more most much must my need needs no nor not now of off often old on once one only or other our out over own " +
    "please possible same say says see shall she should show so some such take tell than that the their them then there these " +
    "they thing things this those through to too under until up us use used using very want was way we were what when where " +
    "whether which while who whom whose why will with within without work works would yes you your " +
    "aber als am an auch auf aus bei bin bis das dass dem den der des die dies diese diesem diesen dieser dieses durch ein eine " +
    "einem einen einer eines er es für hat haben ich im in ist ja kann kein keine man mein mit nach nicht noch nun nur ob oder " +
    "sein sich sie sind so und uns unter vom von vor wann war warum was wie wird wenn wer werden wir wo woher wozu zu zum zur"
  ).split(" "),
);

const wordPattern = /[\p{L}\p{N}]+(?:[.,:/-]\p{N}+)*/gu;

const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Words of one family fall together: `uploading`, `uploads` and `uploaded`; `policies` and `policy`. */
export const stemOf = (word: string): string => {
  const text = fold(word);
  if (text.length <= 3 || /\p{N}/u.test(text)) return text;
  const cut = text
    // A superlative, of those that questions and tables use.
    .replace(/^(larg|small|high|low|new|old|fast|slow|great)e(?:st|r)$/, "$1")
    .replace(/(?:ies|ied)$/, "y")
    .replace(/(?:ations?|ating|ates?|ated)$/, "at")
    .replace(/(?:sses)$/, "ss")
    .replace(/(?:ingly|edly|ing|ed|ly|ers?|es|s|e)$/, "");
  const stem = cut.length >= 3 ? cut : text;
  return stem.length > 4 ? stem.replace(/([bdfgklmnprt])\1$/, "$1").replace(/y$/, "i") : stem.replace(/y$/, "i");
};

/** The words of a text that carry its subject, as stems, each once, in their order. */
export const subjectOf = (text: string): string[] => {
  const words = text.match(wordPattern) ?? [];
  return [
    ...new Set(
      words.filter((word) => !emptyWords.has(fold(word)) && (word.length > 1 || /\p{N}/u.test(word))).map(stemOf),
    ),
  ];
};

/** All words as stems, for looking one up. */
export const stemsIn = (text: string): Set<string> => new Set((text.match(wordPattern) ?? []).map(stemOf));

/** Numbers as they are written, without thousands' commas. */
export const numbersIn = (text: string): string[] =>
  (text.match(/\p{N}+(?:[.,:/-]\p{N}+)*/gu) ?? []).map((number) => number.replace(/,(?=\d{3}\b)/g, ""));
