import type { Audit, FindingKind } from "@samla/contracts";
import { formatPlural } from "../../lib/format.ts";

/** What each kind of difference means, in words. */
export const findingTexts: Record<FindingKind, { title: string; means: string }> = {
  "passages-missing": { title: "Passages missing", means: "A ready document has passages that a build's table lacks." },
  "passages-orphaned": { title: "Passages left behind", means: "A table holds passages of a document that is gone." },
  "passages-stale": {
    title: "Passages out of date",
    means: "A table holds another version than the one that is live.",
  },
  "passages-doubled": { title: "Passages doubled", means: "A table holds the same passages more than once." },
  "objects-missing": { title: "Files missing", means: "Something that was stored of a version is not there." },
  "objects-orphaned": { title: "Files left behind", means: "A stored file belongs to nothing any more." },
  "counts-wrong": { title: "Counts wrong", means: "The number of documents that is kept differs from what is there." },
  "table-missing": { title: "Table missing", means: "A build that should serve or follow has no table." },
  "table-orphaned": { title: "Table left behind", means: "A table belongs to no build any more." },
};

export type Verdict = { tone: "good" | "busy" | "bad" | "unknown"; text: string };

/** What an audit says, in a sentence; without one nothing is known. */
export const verdictOf = (audit: Audit | undefined): Verdict => {
  if (!audit) return { tone: "unknown", text: "Not checked yet; the first check comes by itself within minutes." };
  if (!audit.complete) return { tone: "busy", text: "A check is under way; this is what it found so far." };
  const settling = audit.checked.settling ?? 0;
  if (audit.differences === 0 && settling > 0)
    return {
      tone: audit.checked.documents > 0 ? "good" : "busy",
      text: `Nothing differs in what has settled. ${formatPlural(settling, "document")} changed just before and ${settling === 1 ? "is" : "are"} left to the next check.`,
    };
  if (audit.differences === 0)
    return { tone: "good", text: "Everything that is catalogued is stored and searchable, and nothing else is." };
  return audit.repaired >= audit.differences
    ? { tone: "busy", text: "All of it was repaired or is being written anew; the next check says whether it held." }
    : { tone: "bad", text: "Not all of it could be repaired yet; the next check tries again." };
};

/** Share of a whole, 0 when there is no whole. */
export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
