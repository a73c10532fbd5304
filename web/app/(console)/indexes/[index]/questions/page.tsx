import type { Metadata } from "next";
import { Suspense } from "react";
import { QuestionsPanel } from "../../../../../features/evaluations/questions-panel.tsx";

export const metadata: Metadata = { title: "Questions" };

const QuestionsRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <Suspense>
    <QuestionsPanel slug={(await params).index} />
  </Suspense>
);
export default QuestionsRoute;
