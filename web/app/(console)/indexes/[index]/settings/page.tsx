import type { Metadata } from "next";
import { IndexSettings } from "../../../../../features/indexes/index-settings.tsx";

export const metadata: Metadata = { title: "Settings of the index" };

const SettingsRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <IndexSettings slug={(await params).index} />
);
export default SettingsRoute;
