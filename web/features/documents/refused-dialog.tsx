"use client";
import Link from "next/link";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import type { Refused } from "./mutations.ts";

const shownMax = 200;

/** Which documents an action left as they were, and why. */
export const RefusedDialog = ({ refused, onClose }: { refused: Refused; onClose: () => void }) => (
  <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
    <DialogContent
      title={`${formatPlural(refused.documents.length, "document")} could not be ${refused.verb}`}
      description="All others were. Nothing of these was changed."
    >
      <DialogBody>
        <ul aria-label="Left as they were" className="grid max-h-96 divide-y overflow-y-auto text-sm">
          {refused.documents.slice(0, shownMax).map((one) => (
            <li key={one.documentId} className="grid gap-0.5 py-2">
              <Link href={`/documents/${one.documentId}`} className="truncate font-medium hover:underline">
                {one.name}
              </Link>
              <span className="text-muted-foreground text-xs">{one.detail}</span>
            </li>
          ))}
        </ul>
        {refused.documents.length > shownMax ? (
          <p className="pt-2 text-muted-foreground text-xs">
            and {formatCount(refused.documents.length - shownMax)} more
          </p>
        ) : null}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>Close</Button>
      </DialogFooter>
    </DialogContent>
  </Dialog>
);
