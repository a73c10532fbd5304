import type { AnswerSentence, AnswerSource } from "@samla/contracts";
import Link from "next/link";
import { sourceHref } from "./answer-text.tsx";

/** The passages that an answer rests on, each a way into its document. */
export const SourceList = ({
  sentences,
  sources,
  q,
}: {
  sentences: readonly AnswerSentence[];
  sources: readonly AnswerSource[];
  q: string;
}) => {
  const cited = new Set(sentences.flatMap(({ citations }) => citations));
  const shown = sources.filter(({ n }) => cited.has(n));
  if (shown.length === 0) return null;
  return (
    <div className="mt-4">
      <p className="font-medium text-muted-foreground text-xs">Sources</p>
      <ol className="mt-1 grid grid-cols-[minmax(0,1fr)] gap-0.5">
        {shown.map((source) => (
          <li key={source.n}>
            <Link
              href={sourceHref(source, q)}
              prefetch={false}
              className="-mx-2 flex min-w-0 items-baseline gap-2 rounded-md px-2 py-1 text-sm hover:bg-surface"
            >
              <span className="w-4 shrink-0 text-right text-muted-foreground text-xs tabular-nums">{source.n}</span>
              <span className="min-w-0 shrink-0 max-w-1/2 truncate text-link">{source.name}</span>
              <span className="min-w-0 truncate text-muted-foreground text-xs">
                {[...source.headingPath, ...(source.page ? [`page ${source.page}`] : [])].join(" › ")}
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </div>
  );
};
