import type { AnswerSentence, AnswerSource } from "@samla/contracts";
import Link from "next/link";
import { viewPath } from "../../lib/paths.ts";

/** The sources of a sentence as small numbers, each opening its passage highlighted in the document. */
const Citations = ({
  sentence,
  sources,
  q,
}: {
  sentence: AnswerSentence;
  sources: readonly AnswerSource[];
  q: string;
}) => (
  <span className="whitespace-nowrap">
    {sentence.citations.map((n) => {
      const source = sources.find((one) => one.n === n);
      return source ? (
        <Link
          key={n}
          href={sourceHref(source, q)}
          prefetch={false}
          title={[source.name, ...source.headingPath].join(" › ")}
          aria-label={`Source ${n}: ${source.name}`}
          className="ml-1 inline-flex h-5 min-w-5 items-center justify-center rounded-sm border bg-surface px-1 align-text-bottom font-medium text-link text-xs tabular-nums hover:border-primary"
        >
          {n}
        </Link>
      ) : null;
    })}
  </span>
);

/** Address of a source's passage, highlighted, with the words of the question to step through. */
export const sourceHref = (source: AnswerSource, q: string): string =>
  viewPath(source.documentId, { version: source.versionId, passage: source.passageId, q });

/** What was answered: quotations one below the other, a model's sentences as running text. */
export const AnswerText = ({
  sentences,
  sources,
  mode,
  q,
}: {
  sentences: readonly AnswerSentence[];
  sources: readonly AnswerSource[];
  mode: "extractive" | "model" | undefined;
  q: string;
}) =>
  mode === "model" ? (
    <p className="max-w-[72ch] text-pretty break-words text-base leading-relaxed">
      {sentences.map((sentence) => (
        <span key={sentence.text}>
          {sentence.text}
          <Citations sentence={sentence} sources={sources} q={q} />{" "}
        </span>
      ))}
    </p>
  ) : (
    <ul className="grid max-w-[72ch] gap-2">
      {sentences.map((sentence) => (
        <li key={sentence.text} className="border-border-strong border-l-2 pl-3 text-base leading-relaxed">
          <q className="break-words">{sentence.text.replace(/^[-*•–#>\s]+/, "")}</q>
          <Citations sentence={sentence} sources={sources} q={q} />
        </li>
      ))}
    </ul>
  );
