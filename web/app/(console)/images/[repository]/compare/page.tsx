import { ComparePage } from "../../../../../features/images/compare-page.tsx";

const CompareRoute = async ({ params }: { params: Promise<{ repository: string }> }) => (
  <ComparePage repository={(await params).repository} />
);
export default CompareRoute;
