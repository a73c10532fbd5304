import { ImagesPanel } from "../../../../features/images/images-panel.tsx";

const RepositoryRoute = async ({ params }: { params: Promise<{ repository: string }> }) => (
  <ImagesPanel repository={(await params).repository} />
);
export default RepositoryRoute;
