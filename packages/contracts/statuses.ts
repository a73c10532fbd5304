import { z } from "zod";
import {
  buildStatuses,
  evaluationStatuses,
  fillStates,
  stepNames,
  stepStatuses,
  versionStatuses,
} from "./plain/statuses.ts";

export * from "./plain/statuses.ts";

export const VersionStatus = z.enum(versionStatuses);
export type VersionStatus = z.infer<typeof VersionStatus>;

export const BuildStatus = z.enum(buildStatuses);
export type BuildStatus = z.infer<typeof BuildStatus>;

export const FillState = z.enum(fillStates);
export type FillState = z.infer<typeof FillState>;

export const EvaluationStatus = z.enum(evaluationStatuses);
export type EvaluationStatus = z.infer<typeof EvaluationStatus>;

export const StepName = z.enum(stepNames);
export type StepName = z.infer<typeof StepName>;

export const StepStatus = z.enum(stepStatuses);
