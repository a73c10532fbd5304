import type { Metadata } from "next";
import { Suspense } from "react";
import { QueriesPanel } from "../../../../../features/queries/queries-panel.tsx";

export const metadata: Metadata = { title: "Queries" };

const QueriesRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <Suspense>
    <QueriesPanel slug={(await params).index} />
  </Suspense>
);
export default QueriesRoute;
