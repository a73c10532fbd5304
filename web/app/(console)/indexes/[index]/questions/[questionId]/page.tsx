import { QuestionId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { QuestionPage } from "../../../../../../features/evaluations/question-page.tsx";

export const metadata: Metadata = { title: "Question" };

const QuestionRoute = async ({ params }: { params: Promise<{ index: string; questionId: string }> }) => {
  const { index, questionId } = await params;
  const id = QuestionId.safeParse(questionId);
  if (!id.success) notFound();
  return <QuestionPage slug={index} questionId={id.data} />;
};
export default QuestionRoute;
