import type { Permission, TimelineEvent } from "@samla/contracts";
import { isIdOf } from "@samla/contracts/plain";
import { buildPath, carePath, evaluationPath, evaluationsPath, indexPath, questionsPath } from "../../lib/paths.ts";

export type EventLink = { label: string; path: string; permission: Permission };
type Facts = Pick<TimelineEvent, "action" | "index" | "buildId" | "data">;

/** Where an event leads beside its document: to the build, the evaluation, the questions or the care of its index. */
export const linksOfEvent = ({ action, index, buildId, data }: Facts): EventLink[] => {
  if (!index || action === "index.deleted") return [];
  const [area] = action.split(".");
  const links: EventLink[] = [{ label: index, path: indexPath(index), permission: "indexes.read" }];
  if (area === "question") links.push({ label: "questions", path: questionsPath(index), permission: "questions.read" });
  if (area === "care") links.push({ label: "care", path: carePath(index), permission: "care.read" });
  if (area === "evaluation") {
    const id = data?.evaluationId;
    links.push(
      typeof id === "string" && isIdOf("evaluation", id)
        ? { label: "evaluation", path: evaluationPath(index, id), permission: "questions.read" }
        : { label: "evaluations", path: evaluationsPath(index), permission: "questions.read" },
    );
  }
  if (buildId && action !== "build.deleted")
    links.push({ label: "build", path: buildPath(index, buildId), permission: "builds.read" });
  return links;
};
