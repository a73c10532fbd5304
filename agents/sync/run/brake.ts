import type { SyncBrake } from "@samla/contracts";
import type { SyncSettings } from "../settings.ts";

/**
 * Whether a run may delete so many of its documents; undefined if so. One alone may always go while others stay. Sources
 * vanish whole more often than in earnest: a folder that is not mounted, a sitemap that is empty.
 */
export const brakeOn = (
  wanted: number,
  documents: number,
  { deletesMax, deletesPercentMax }: SyncSettings["brake"],
  allowDeletes = 0,
): SyncBrake | undefined => {
  const bySharing = Math.floor((documents * deletesPercentMax) / 100);
  const bySettings = Math.min(deletesMax, Math.max(bySharing, documents > 1 ? 1 : 0));
  const allowed = Math.max(bySettings, allowDeletes);
  if (wanted <= allowed) return undefined;
  return {
    wanted,
    of: documents,
    allowed,
    sentence:
      `${wanted} of ${documents} documents are no longer in the source; the settings let one run delete ${allowed} ` +
      `(at most ${deletesMax} and ${deletesPercentMax} %). Nothing was deleted.`,
  };
};
