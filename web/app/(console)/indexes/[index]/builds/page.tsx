import type { Metadata } from "next";
import { BuildsPanel } from "../../../../../features/builds/builds-panel.tsx";

export const metadata: Metadata = { title: "Builds" };

const BuildsRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <BuildsPanel slug={(await params).index} />
);
export default BuildsRoute;
