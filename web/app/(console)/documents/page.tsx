import type { Metadata } from "next";
import { Suspense } from "react";
import { DocumentsScreen } from "./documents-screen.tsx";

export const metadata: Metadata = { title: "Documents" };

const DocumentsPage = () => (
  <Suspense>
    <DocumentsScreen />
  </Suspense>
);
export default DocumentsPage;
