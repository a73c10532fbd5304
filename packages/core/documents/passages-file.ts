import { PageInfo, type PassageDraft } from "@samla/contracts";
import { z } from "zod";

const Head = z.object({ format: z.literal(1), pages: z.array(PageInfo), title: z.string().optional() });

export type PassagesFile = { pages: PageInfo[]; title?: string | undefined; passages: PassageDraft[] };

/** `passages.jsonl`: a head line, then one passage a line. */
export const formatPassages = (file: PassagesFile): string =>
  [
    JSON.stringify({ format: 1, pages: file.pages, ...(file.title ? { title: file.title } : {}) }),
    ...file.passages.map((passage) => JSON.stringify(passage)),
  ].join("\n");

/** Reads what `formatPassages` wrote. Throws when the file is damaged. */
export const parsePassages = (bytes: Uint8Array): PassagesFile => {
  const [head = "", ...lines] = new TextDecoder().decode(bytes).split("\n");
  const { pages, title } = Head.parse(JSON.parse(head));
  return {
    pages,
    title,
    passages: lines.filter((line) => line !== "").map((line) => JSON.parse(line) as PassageDraft),
  };
};
