import type { TriedHit } from "@samla/contracts";
import { Pin } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { placeOf } from "../../lib/kinds.ts";
import { MarkedText } from "../../lib/marked-text.tsx";
import { viewPath } from "../../lib/paths.ts";
import { Badge } from "../../ui/badge.tsx";

const number = (value: number | null): string => (value === null ? "none" : value.toFixed(3));
const fieldLabels = { title: "title", section: "heading", text: "text" } as const;

/** One hit taken apart: what it says, and how each word, field and vector adds up to its score. */
export const HitDetail = ({ hit, q, children }: { hit: TriedHit; q: string; children?: ReactNode }) => (
  <div className="grid min-w-0 content-start gap-3">
    <div>
      <Link
        href={viewPath(hit.documentId, { version: hit.versionId, passage: hit.passageId, q })}
        prefetch={false}
        className="break-words font-medium text-link text-sm hover:underline"
      >
        <MarkedText text={hit.title} marks={hit.titleMarks} />
      </Link>
      <p className="truncate text-muted-foreground text-xs">
        {[hit.name, ...hit.headingPath, placeOf(hit.kind, hit.page)].filter(Boolean).join(" › ")}
      </p>
    </div>
    {hit.rule === "pinned" ? (
      <Badge tone="primary" className="justify-self-start">
        <Pin aria-hidden /> put here by a rule
      </Badge>
    ) : null}
    <section
      aria-label="Passage"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
      tabIndex={0}
      className="max-h-44 overflow-y-auto break-words rounded-md border bg-card p-2.5 text-sm leading-relaxed"
    >
      <MarkedText text={hit.text} marks={hit.marks} />
    </section>
    <Terms terms={hit.terms} total={hit.parts?.lexical ?? null} />
    {hit.parts ? (
      <dl className="grid grid-cols-[6rem_1fr_auto] gap-x-3 gap-y-1 text-xs tabular-nums">
        <dt className="text-muted-foreground">By words</dt>
        <dd>{number(hit.parts.lexical)}</dd>
        <dd className="text-right text-muted-foreground">normalised {number(hit.parts.lexicalNormalised)}</dd>
        <dt className="text-muted-foreground">By meaning</dt>
        <dd>{number(hit.parts.vector)}</dd>
        <dd className="text-right text-muted-foreground">normalised {number(hit.parts.vectorNormalised)}</dd>
        <dt className="text-muted-foreground">Score</dt>
        <dd className="break-words font-mono text-2xs text-muted-foreground">{hit.parts.formula}</dd>
        <dd className="text-right font-medium">{hit.score.toFixed(4)}</dd>
      </dl>
    ) : null}
    {children}
  </div>
);

/** What each word in each field adds to the word score, the largest first. */
const Terms = ({ terms, total }: { terms: TriedHit["terms"]; total: number | null }) => {
  if (terms.length === 0)
    return <p className="text-muted-foreground text-xs">None of its words was asked for; it is found by meaning.</p>;
  const sorted = [...terms].sort((a, b) => b.score - a.score);
  const largest = sorted[0]?.score || 1;
  return (
    <table className="w-full border-collapse text-xs tabular-nums">
      <thead className="text-muted-foreground">
        <tr>
          <th scope="col" className="pb-1 text-left font-normal">
            Word
          </th>
          <th scope="col" className="pb-1 text-left font-normal">
            Field
          </th>
          <th scope="col" className="px-2 pb-1 text-right font-normal">
            Times
          </th>
          <th scope="col" className="w-2/5 pb-1 text-right font-normal">
            Adds{total === null ? "" : ` (of ${total.toFixed(3)})`}
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((term) => (
          <tr key={`${term.term} ${term.field}`}>
            <td className="max-w-28 truncate py-0.5 font-medium">{term.term}</td>
            <td className="py-0.5 text-muted-foreground">{fieldLabels[term.field]}</td>
            <td className="px-2 py-0.5 text-right">{term.occurrences}</td>
            <td className="py-0.5">
              <span className="flex items-center gap-2">
                <svg aria-hidden className="h-1.5 min-w-0 flex-1" preserveAspectRatio="none" viewBox="0 0 1 1">
                  <rect width={Math.max(0, term.score / largest)} height="1" className="fill-primary" />
                </svg>
                <span className="w-12 text-right">{term.score.toFixed(3)}</span>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
