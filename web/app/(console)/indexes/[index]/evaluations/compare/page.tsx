import type { Metadata } from "next";
import { Suspense } from "react";
import { ComparisonPage } from "../../../../../../features/evaluations/comparison-page.tsx";

export const metadata: Metadata = { title: "Evaluations compared" };

const ComparisonRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <Suspense>
    <ComparisonPage slug={(await params).index} />
  </Suspense>
);
export default ComparisonRoute;
