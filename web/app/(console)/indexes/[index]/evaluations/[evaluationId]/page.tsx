import { EvaluationId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { EvaluationPage } from "../../../../../../features/evaluations/evaluation-page.tsx";

export const metadata: Metadata = { title: "Evaluation" };

const EvaluationRoute = async ({ params }: { params: Promise<{ index: string; evaluationId: string }> }) => {
  const { index, evaluationId } = await params;
  const id = EvaluationId.safeParse(evaluationId);
  if (!id.success) notFound();
  return (
    <Suspense>
      <EvaluationPage slug={index} evaluationId={id.data} />
    </Suspense>
  );
};
export default EvaluationRoute;
