import { Suspense } from "react";
import { AgentEvents } from "../../../../../features/activity/agent-events.tsx";

const EventsRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <AgentEvents agent={(await params).agent} />
  </Suspense>
);
export default EventsRoute;
