import type { Metadata } from "next";
import { Suspense } from "react";
import { BenchPanel } from "../../../../../features/bench/bench-panel.tsx";

export const metadata: Metadata = { title: "Test bench" };

const BenchRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <Suspense>
    <BenchPanel slug={(await params).index} />
  </Suspense>
);
export default BenchRoute;
