import { DocumentId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { ViewerPanel } from "../../../../../features/viewer/viewer-panel.tsx";

export const metadata: Metadata = { title: "Source" };

const ViewPage = async ({ params }: { params: Promise<{ documentId: string }> }) => {
  const documentId = DocumentId.safeParse((await params).documentId);
  if (!documentId.success) notFound();
  return (
    <Suspense>
      <ViewerPanel documentId={documentId.data} />
    </Suspense>
  );
};
export default ViewPage;
