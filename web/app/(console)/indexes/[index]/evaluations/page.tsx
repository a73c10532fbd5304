import type { Metadata } from "next";
import { Suspense } from "react";
import { EvaluationsPanel } from "../../../../../features/evaluations/evaluations-panel.tsx";

export const metadata: Metadata = { title: "Evaluations" };

const EvaluationsRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <Suspense>
    <EvaluationsPanel slug={(await params).index} />
  </Suspense>
);
export default EvaluationsRoute;
