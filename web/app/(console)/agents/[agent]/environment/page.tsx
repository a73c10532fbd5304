import { Suspense } from "react";
import { EnvironmentPanel } from "../../../../../features/agents/environment-panel.tsx";

const EnvironmentRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <EnvironmentPanel agent={(await params).agent} />
  </Suspense>
);
export default EnvironmentRoute;
