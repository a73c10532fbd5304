import { ImageEvents } from "../../../../../features/activity/image-events.tsx";

const HistoryRoute = async ({ params }: { params: Promise<{ repository: string }> }) => (
  <ImageEvents agent={(await params).repository} />
);
export default HistoryRoute;
