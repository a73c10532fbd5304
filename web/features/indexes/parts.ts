import type { Permission } from "@samla/contracts/plain";

export type IndexPart = { path: string; label: string; permission: Permission };

/** The pages of an index, in order; the path is below `/indexes/{index}`. */
export const indexParts: readonly IndexPart[] = [
  { path: "", label: "Overview", permission: "indexes.read" },
  { path: "builds", label: "Builds", permission: "builds.read" },
  { path: "questions", label: "Questions", permission: "questions.read" },
  { path: "evaluations", label: "Evaluations", permission: "questions.read" },
  { path: "bench", label: "Test bench", permission: "builds.read" },
  { path: "queries", label: "Queries", permission: "queries.read" },
  { path: "care", label: "Care", permission: "care.read" },
  { path: "settings", label: "Settings", permission: "indexes.read" },
];

/** The part that an address lies in; pages below a part belong to it. */
export const partOf = (slug: string, pathname: string): string => {
  const base = `/indexes/${slug}/`;
  return pathname.startsWith(base) ? (pathname.slice(base.length).split("/")[0] ?? "") : "";
};
