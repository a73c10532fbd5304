import { Suspense } from "react";
import { LogsPanel } from "../../../../../features/agents/logs-panel.tsx";

const LogsRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <LogsPanel agent={(await params).agent} />
  </Suspense>
);
export default LogsRoute;
