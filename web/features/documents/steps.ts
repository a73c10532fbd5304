import type { Step, Version } from "@samla/contracts";
import { isInProgress, stepNames } from "@samla/contracts/plain";

export type StepRow = {
  name: Step["name"];
  status: Step["status"] | "coming";
  startedAt?: string;
  endedAt?: string | undefined;
  detail?: string | undefined;
};

/** Steps that every document goes through; recognising text is shown only where it happens. */
const usual: readonly Step["name"][] = stepNames.filter((name) => name !== "ocr");

/** The steps of a version in order, with those that are still to come while it is under way. */
export const stepRows = (version: Pick<Version, "steps" | "status" | "passages" | "vectors">): StepRow[] => {
  const done = version.steps.map((step) => ({ ...step }));
  const names = new Set(done.map((step) => step.name));
  const isMoving = isInProgress(version.status) || (version.status === "ready" && version.vectors < version.passages);
  const coming = isMoving
    ? usual.filter((name) => !names.has(name)).map((name) => ({ name, status: "coming" as const }))
    : [];
  return [...done, ...coming].sort((a, b) => stepNames.indexOf(a.name) - stepNames.indexOf(b.name));
};
