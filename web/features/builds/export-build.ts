import type { BuildDetail, BuildId, IndexSlug, Question } from "@samla/contracts";
import { callApi } from "../../lib/api.ts";
import { makeBuildFile } from "./build-file.ts";

const pageSize = 200;

const allQuestions = async (slug: IndexSlug): Promise<Question[]> => {
  const found: Question[] = [];
  let cursor: string | undefined;
  do {
    const page = await callApi("questions.list", {
      params: { index: slug },
      query: { limit: pageSize, ...(cursor ? { cursor } : {}) },
    });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
};

/** Saves a build with all that belongs to it as a file of the browser. */
export const exportBuild = async (slug: string, buildId: string): Promise<void> => {
  const params = { index: slug as IndexSlug };
  const [index, build, questions] = await Promise.all([
    callApi("indexes.get", { params }),
    callApi("builds.get", { params: { ...params, buildId: buildId as BuildId } }) as Promise<BuildDetail>,
    allQuestions(params.index),
  ]);
  const text = JSON.stringify(makeBuildFile(index, build, questions), null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${slug}-${buildId.slice(-6)}.samla.json`;
  link.click();
  URL.revokeObjectURL(url);
};
