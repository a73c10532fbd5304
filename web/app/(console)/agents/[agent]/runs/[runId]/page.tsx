import { notFound } from "next/navigation";
import { Suspense } from "react";
import { syncAgentName } from "../../../../../../features/sync-runs/queries.ts";
import { RunPage } from "../../../../../../features/sync-runs/run-page.tsx";

const RunRoute = async ({ params }: { params: Promise<{ agent: string; runId: string }> }) => {
  const { agent, runId } = await params;
  if (agent !== syncAgentName || !/^[0-9A-HJKMNP-TV-Z]{26}$/.test(runId)) notFound();
  return (
    <Suspense>
      <RunPage runId={runId} />
    </Suspense>
  );
};
export default RunRoute;
