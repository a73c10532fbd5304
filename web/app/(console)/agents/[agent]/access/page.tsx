import { Suspense } from "react";
import { AccessPanel } from "../../../../../features/agents/access-panel.tsx";

const AccessRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <AccessPanel agent={(await params).agent} />
  </Suspense>
);
export default AccessRoute;
