import type { Metadata } from "next";
import { CarePanel } from "../../../../../features/care/care-panel.tsx";

export const metadata: Metadata = { title: "Care" };

const CareRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <CarePanel slug={(await params).index} />
);
export default CareRoute;
