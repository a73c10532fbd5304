import { LifecyclePage } from "../../../../../features/images/lifecycle-page.tsx";

const LifecycleRoute = async ({ params }: { params: Promise<{ repository: string }> }) => (
  <LifecyclePage repository={(await params).repository} />
);
export default LifecycleRoute;
