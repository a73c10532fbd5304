"use client";
import { QuestionHits } from "../../../../../../features/bench/question-hits.tsx";
import { QuestionPage } from "../../../../../../features/evaluations/question-page.tsx";

/** The page of a question, with what searching finds for it from the test bench. */
export const QuestionScreen = ({ slug, questionId }: { slug: string; questionId: string }) => (
  <QuestionPage
    slug={slug}
    questionId={questionId}
    hits={(question, judge) => <QuestionHits slug={slug} text={question.text} judge={judge} />}
  />
);
