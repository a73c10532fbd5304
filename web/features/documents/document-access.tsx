"use client";
import type { Document } from "@samla/contracts";
import { AccessDialog } from "./access-dialog.tsx";
import { useChangeDocument } from "./mutations.ts";

/** The window for the readers of one document. */
export const DocumentAccess = ({ document, onClose }: { document: Document; onClose: () => void }) => {
  const change = useChangeDocument(document);
  return (
    <AccessDialog
      documents={[document]}
      onClose={onClose}
      onApply={(readers) => change.mutateAsync({ verb: "access", readers })}
    />
  );
};
