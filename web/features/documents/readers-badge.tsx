import type { Principal } from "@samla/contracts";
import { LockKeyhole } from "lucide-react";
import { Badge } from "../../ui/badge.tsx";

/** Who of the index's readers may read a document that not all of them may. */
export const ReadersBadge = ({ readers, max = 2 }: { readers: readonly Principal[]; max?: number }) => (
  <Badge tone="warning" title={`Only for ${readers.join(", ")}`}>
    <LockKeyhole aria-hidden />
    <span className="sr-only">Only for </span>
    <span className="truncate">{readers.slice(0, max).join(", ")}</span>
    {readers.length > max ? <span>+{readers.length - max}</span> : null}
  </Badge>
);
