import type { TimelineEvent } from "@samla/contracts";
import { isIdOf } from "@samla/contracts/plain";
import { buildPath, carePath, evaluationPath, evaluationsPath, indexPath, questionsPath } from "../../lib/paths.ts";

type Facts = Pick<TimelineEvent, "action" | "index" | "buildId" | "data">;

/** Where an event leads beside its document: to the build, the evaluation, the questions or the care of its index. */
export const linksOfEvent = ({ action, index, buildId, data }: Facts): { label: string; path: string }[] => {
  if (!index || action === "index.deleted") return [];
  const [area] = action.split(".");
  const links = [{ label: index as string, path: indexPath(index) }];
  if (area === "question") links.push({ label: "questions", path: questionsPath(index) });
  if (area === "care") links.push({ label: "care", path: carePath(index) });
  if (area === "evaluation") {
    const id = data?.evaluationId;
    links.push(
      typeof id === "string" && isIdOf("evaluation", id)
        ? { label: "evaluation", path: evaluationPath(index, id) }
        : { label: "evaluations", path: evaluationsPath(index) },
    );
  }
  if (buildId && action !== "build.deleted") links.push({ label: "build", path: buildPath(index, buildId) });
  return links;
};
