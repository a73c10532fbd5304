import type { BuildDetail, Index, Question } from "@samla/contracts";

const kind = "samla-build";
const version = 1;

type FileQuestion = { text: string; judgments: { documentId: string; name?: string; grade: number }[] };

/** A build and what belongs to it as one object: configuration with synonyms and rules, readers, settings, questions. */
export type BuildFile = {
  kind: typeof kind;
  version: typeof version;
  index: { slug: string; name: string; readers: string[] };
  note: string;
  config: unknown;
  settings: unknown;
  questions: FileQuestion[];
};

export const makeBuildFile = (
  index: Pick<Index, "slug" | "name" | "readers" | "settings">,
  build: Pick<BuildDetail, "note" | "config">,
  questions: readonly Pick<Question, "text" | "judgments">[],
): BuildFile => ({
  kind,
  version,
  index: { slug: index.slug, name: index.name, readers: [...index.readers] },
  note: build.note,
  config: build.config,
  settings: index.settings,
  questions: questions.map(({ text, judgments }) => ({
    text,
    judgments: judgments.map(({ documentId, name, grade }) => ({ documentId, grade, ...(name ? { name } : {}) })),
  })),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isQuestion = (value: unknown): value is FileQuestion =>
  isRecord(value) &&
  typeof value.text === "string" &&
  Array.isArray(value.judgments) &&
  value.judgments.every((one) => isRecord(one) && typeof one.documentId === "string" && typeof one.grade === "number");

/** Reads such a file. Its configuration is checked where it is used, as typed JSON is. */
export const readBuildFile = (text: string): { file: BuildFile } | { problem: string } => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "This file is not JSON." };
  }
  if (!isRecord(value) || value.kind !== kind) return { problem: "This file was not made by “Export as a file”." };
  if (value.version !== version)
    return { problem: `This file is of version ${String(value.version)}; ${version} can be read.` };
  if (!isRecord(value.index) || !isRecord(value.config) || !Array.isArray(value.questions))
    return { problem: "This file lacks its index, its configuration or its questions." };
  const wrong = value.questions.findIndex((one) => !isQuestion(one));
  if (wrong >= 0) return { problem: `Question ${wrong + 1} of this file has no text or no judgments.` };
  return { file: value as BuildFile };
};

/** The questions as lines to import: documents by id in the index they come from, elsewhere by name. */
export const questionLines = (file: BuildFile, slug: string): string =>
  file.questions
    .map(({ text, judgments }) =>
      JSON.stringify({
        question: text,
        judgments: judgments.map(({ documentId, name, grade }) => ({
          document: file.index.slug === slug ? documentId : (name ?? documentId),
          grade,
        })),
      }),
    )
    .join("\n");
