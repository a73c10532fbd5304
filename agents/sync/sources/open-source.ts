import type { SourceSettings } from "../settings.ts";
import { createFolderSource } from "./folder.ts";
import { createS3Source } from "./s3.ts";
import { createSiteSource } from "./site.ts";
import type { Source } from "./source.ts";

export const openSource = (settings: SourceSettings): Source => {
  if (settings.kind === "folder") return createFolderSource(settings);
  if (settings.kind === "s3") return createS3Source(settings);
  return createSiteSource(settings);
};
