import { Suspense } from "react";
import { AgentOverview } from "../../../../features/agents/agent-overview.tsx";

const OverviewRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <AgentOverview agent={(await params).agent} />
  </Suspense>
);
export default OverviewRoute;
