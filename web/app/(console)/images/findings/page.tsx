import { FindingsPanel } from "../../../../features/images/findings-panel.tsx";

const FindingsRoute = () => <FindingsPanel />;
export default FindingsRoute;
