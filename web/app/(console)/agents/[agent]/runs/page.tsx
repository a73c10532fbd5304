import { notFound } from "next/navigation";
import { syncAgentName } from "../../../../../features/sync-runs/queries.ts";
import { RunsPanel } from "../../../../../features/sync-runs/runs-panel.tsx";

const RunsRoute = async ({ params }: { params: Promise<{ agent: string }> }) => {
  if ((await params).agent !== syncAgentName) notFound();
  return <RunsPanel />;
};
export default RunsRoute;
