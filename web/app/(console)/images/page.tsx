import { RepositoriesPanel } from "../../../features/images/repositories-panel.tsx";

const ImagesRoute = () => <RepositoriesPanel />;
export default ImagesRoute;
