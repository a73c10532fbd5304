import { QuestionId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { QuestionScreen } from "./question-screen.tsx";

export const metadata: Metadata = { title: "Question" };

const QuestionRoute = async ({ params }: { params: Promise<{ index: string; questionId: string }> }) => {
  const { index, questionId } = await params;
  const id = QuestionId.safeParse(questionId);
  if (!id.success) notFound();
  return <QuestionScreen slug={index} questionId={id.data} />;
};
export default QuestionRoute;
