import { Suspense } from "react";
import { ScalingPanel } from "../../../../../features/agents/scaling-panel.tsx";

const ScalingRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <ScalingPanel agent={(await params).agent} />
  </Suspense>
);
export default ScalingRoute;
