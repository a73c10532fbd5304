import type { SearchHit } from "@samla/contracts";

const format = (value: number | null): string => (value === null ? "none" : value.toFixed(3));

/** How a hit's score came about: by words, by meaning, and the formula that joined them. */
export const ScoreParts = ({ score, parts }: { score: number; parts: NonNullable<SearchHit["parts"]> }) => (
  <dl className="relative mt-2.5 grid max-w-md grid-cols-[5rem_1fr_auto] items-center gap-x-3 gap-y-1 rounded-md border bg-card p-2.5 text-xs">
    <Part label="By words" share={parts.lexicalNormalised} value={format(parts.lexical)} />
    <Part label="By meaning" share={parts.vectorNormalised} value={format(parts.vector)} />
    <dt className="text-muted-foreground">Score</dt>
    <dd className="break-words font-mono text-2xs text-muted-foreground">{parts.formula}</dd>
    <dd className="text-right font-medium tabular-nums">{score.toFixed(4)}</dd>
  </dl>
);

const Part = ({ label, share, value }: { label: string; share: number | null; value: string }) => (
  <>
    <dt className="text-muted-foreground">{label}</dt>
    <dd>
      <svg
        aria-hidden
        className="h-1.5 w-full overflow-hidden rounded-full bg-muted"
        preserveAspectRatio="none"
        viewBox="0 0 1 1"
      >
        <rect width={Math.min(1, Math.max(0, share ?? 0))} height="1" className="fill-primary" />
      </svg>
    </dd>
    <dd className="text-right tabular-nums">{value}</dd>
  </>
);
