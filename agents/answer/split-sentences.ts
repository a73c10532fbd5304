const abbreviations = /(?:\b(?:e\.g|i\.e|etc|vs|approx|no|fig|dr|mr|mrs|ms|st|z\.B|bzw|ca|Nr|Abs|usw)\.)$/i;
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
const sentenceMax = 600;

const isListMark = (text: string): boolean => /^(?:[-*•–]|\d{1,3}[.)])$/.test(text.trim());

/** Lines that stand for themselves: list items and table rows are sentences of their own, wrapped lines are not. */
const blocksOf = (text: string): string[] => {
  const blocks: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = blocks.at(-1);
    const isRow = line.includes(" | ") || (last?.includes(" | ") ?? false);
    const isNew =
      isRow || line.trim() === "" || /^\s*(?:[-*•–|#>]|\d{1,3}[.)]\s)/.test(line) || last === undefined || last === "";
    if (isNew) blocks.push(line.trim());
    else blocks[blocks.length - 1] = `${last} ${line.trim()}`;
  }
  return blocks.filter((block) => block !== "");
};

/**
 * A text's sentences, verbatim but for white space: by Unicode's rules (UAX 29), with abbreviations and list marks joined
 * to what follows. Overlong ones are left out, as they are tables or code that nobody reads in an answer.
 */
export const splitSentences = (text: string): string[] =>
  blocksOf(text).flatMap((block) => {
    const sentences: string[] = [];
    let open = "";
    for (const { segment } of segmenter.segment(block)) {
      open += segment;
      const trimmed = open.trim();
      if (abbreviations.test(trimmed) || isListMark(trimmed)) continue;
      sentences.push(trimmed.replace(/\s+/g, " "));
      open = "";
    }
    if (open.trim() && !isListMark(open)) sentences.push(open.trim().replace(/\s+/g, " "));
    return sentences.filter((sentence) => sentence.length <= sentenceMax && /\p{L}{2}/u.test(sentence));
  });
