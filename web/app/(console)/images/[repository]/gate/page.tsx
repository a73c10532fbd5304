import { GatePage } from "../../../../../features/images/gate-page.tsx";

const GateRoute = async ({ params }: { params: Promise<{ repository: string }> }) => (
  <GatePage repository={(await params).repository} />
);
export default GateRoute;
