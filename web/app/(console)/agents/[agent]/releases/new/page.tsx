import { Suspense } from "react";
import { NewRelease } from "../../../../../../features/agents/new-release.tsx";

const NewReleaseRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <NewRelease agent={(await params).agent} />
  </Suspense>
);
export default NewReleaseRoute;
