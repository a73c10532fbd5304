"use client";
import type { DocumentId } from "@samla/contracts";
import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { DocumentEvents } from "../../../../features/activity/document-events.tsx";
import { DocumentPage } from "../../../../features/documents/document-page.tsx";
import { documentKeys } from "../../../../features/documents/keys.ts";
import { useLiveEvents } from "../../../../lib/live-hub.ts";
import { useCan } from "../../../../lib/me.ts";
import { Skeleton } from "../../../../ui/skeleton.tsx";

const SourcePreview = dynamic(
  () => import("../../../../features/viewer/source-preview.tsx").then((module) => module.SourcePreview),
  { ssr: false, loading: () => <Skeleton className="h-[70dvh] w-full" /> },
);

/** The page of a document, with its source from the viewer and its events from the timeline. */
export const DocumentScreen = ({ documentId }: { documentId: DocumentId }) => {
  const client = useQueryClient();
  useLiveEvents(useCan("events.read"), (events) => {
    if (events.some((event) => event.documentId === documentId))
      void client.invalidateQueries({ queryKey: documentKeys.one(documentId) });
  });
  return (
    <DocumentPage
      documentId={documentId}
      preview={(document) => <SourcePreview key={document.liveVersionId} documentId={document.id} />}
      activity={(document) => <DocumentEvents documentId={document.id} />}
    />
  );
};
