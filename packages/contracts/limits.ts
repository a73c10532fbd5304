import { z } from "zod";
import { documentKinds } from "./plain/kinds.ts";

export * from "./plain/limits.ts";

export const UploadLimits = z.record(z.enum(documentKinds), z.int().positive());
export type UploadLimits = z.infer<typeof UploadLimits>;
