import { z } from "zod";
import { buildStatuses, stepNames, stepStatuses, versionStatuses } from "./plain/statuses.ts";

export * from "./plain/statuses.ts";

export const VersionStatus = z.enum(versionStatuses);
export type VersionStatus = z.infer<typeof VersionStatus>;

export const BuildStatus = z.enum(buildStatuses);
export type BuildStatus = z.infer<typeof BuildStatus>;

export const StepName = z.enum(stepNames);
export type StepName = z.infer<typeof StepName>;

export const StepStatus = z.enum(stepStatuses);
