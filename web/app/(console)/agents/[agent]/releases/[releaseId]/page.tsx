import { ReleaseId } from "@samla/contracts";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { ReleasePage } from "../../../../../../features/agents/release-page.tsx";

const ReleasePageRoute = async ({ params }: { params: Promise<{ agent: string; releaseId: string }> }) => {
  const { agent, releaseId } = await params;
  const id = ReleaseId.safeParse(releaseId);
  if (!id.success) notFound();
  return (
    <Suspense>
      <ReleasePage agent={agent} releaseId={id.data} />
    </Suspense>
  );
};
export default ReleasePageRoute;
