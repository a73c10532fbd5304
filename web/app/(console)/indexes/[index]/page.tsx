import type { Metadata } from "next";
import { IndexOverview } from "../../../../features/indexes/index-overview.tsx";

export const metadata: Metadata = { title: "Index" };

const IndexRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <IndexOverview slug={(await params).index} />
);
export default IndexRoute;
