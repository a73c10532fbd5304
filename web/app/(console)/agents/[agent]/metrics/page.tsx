import { Suspense } from "react";
import { MetricsPanel } from "../../../../../features/agents/metrics-panel.tsx";

const MetricsRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <MetricsPanel agent={(await params).agent} />
  </Suspense>
);
export default MetricsRoute;
