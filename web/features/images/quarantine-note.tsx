import type { ImageItem } from "@samla/contracts";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** Who deleted an image, why, and when it goes for good. */
export const QuarantineNote = ({ quarantine }: { quarantine: NonNullable<ImageItem["quarantine"]> }) => (
  <p className="wrap-anywhere text-destructive text-xs">
    Deleted by {quarantine.by.name} <RelativeTime at={quarantine.at} />: {quarantine.reason}. It is removed for good{" "}
    <RelativeTime at={quarantine.purgeAt} />.
  </p>
);
