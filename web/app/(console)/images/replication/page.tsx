import { ReplicationPanel } from "../../../../features/images/replication-panel.tsx";

const ReplicationRoute = () => <ReplicationPanel />;
export default ReplicationRoute;
