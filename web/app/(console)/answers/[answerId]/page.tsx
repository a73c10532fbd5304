import { AnswerId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AnswerPage } from "../../../../features/answer/answer-page.tsx";

export const metadata: Metadata = { title: "Answer" };

const AnswerRoute = async ({ params }: { params: Promise<{ answerId: string }> }) => {
  const answerId = AnswerId.safeParse((await params).answerId);
  if (!answerId.success) notFound();
  return <AnswerPage answerId={answerId.data} />;
};
export default AnswerRoute;
