import type { Permission, TimelineEvent } from "@samla/contracts";
import { isIdOf } from "@samla/contracts/plain";
import {
  agentPath,
  buildPath,
  carePath,
  evaluationPath,
  evaluationsPath,
  imagePath,
  indexPath,
  questionsPath,
  releasePath,
  taskPath,
} from "../../lib/paths.ts";

export type EventLink = { label: string; path: string; permission: Permission };
type Facts = Pick<
  TimelineEvent,
  "action" | "index" | "buildId" | "data" | "agent" | "releaseId" | "taskId" | "imageDigest"
>;

/** Of an agent's or an image's event: to the agent, its release, its task and the image. */
const linksOfAgent = ({ action, agent, releaseId, taskId, imageDigest }: Facts): EventLink[] => {
  if (!agent) return [];
  const permission = "agents.read";
  return [
    action.startsWith("image.")
      ? { label: `images of ${agent}`, path: `/images/${agent}`, permission }
      : { label: agent, path: agentPath(agent), permission },
    ...(releaseId ? [{ label: "release", path: releasePath(agent, releaseId), permission } as const] : []),
    ...(taskId ? [{ label: "task", path: taskPath(agent, taskId), permission } as const] : []),
    ...(imageDigest ? [{ label: "image", path: imagePath(agent, imageDigest), permission } as const] : []),
  ];
};

/** Where an event leads beside its document: to the build, the evaluation, the questions or the care of its index, to an agent. */
export const linksOfEvent = (event: Facts): EventLink[] => [...linksOfIndex(event), ...linksOfAgent(event)];

const linksOfIndex = ({ action, index, buildId, data }: Facts): EventLink[] => {
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
