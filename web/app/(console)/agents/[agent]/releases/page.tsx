import { Suspense } from "react";
import { ReleasesPanel } from "../../../../../features/agents/releases-panel.tsx";

const ReleasesRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <ReleasesPanel agent={(await params).agent} />
  </Suspense>
);
export default ReleasesRoute;
