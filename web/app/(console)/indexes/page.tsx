import type { Metadata } from "next";
import { IndexesPanel } from "../../../features/indexes/indexes-panel.tsx";

export const metadata: Metadata = { title: "Indexes" };

const IndexesPage = () => <IndexesPanel />;
export default IndexesPage;
