import { DocumentId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { DocumentScreen } from "./document-screen.tsx";

export const metadata: Metadata = { title: "Document" };

const DocumentRoute = async ({ params }: { params: Promise<{ documentId: string }> }) => {
  const documentId = DocumentId.safeParse((await params).documentId);
  if (!documentId.success) notFound();
  return (
    <Suspense>
      <DocumentScreen documentId={documentId.data} />
    </Suspense>
  );
};
export default DocumentRoute;
