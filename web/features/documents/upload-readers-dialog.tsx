"use client";
import type { Principal } from "@samla/contracts";
import { useState } from "react";
import { ReadersInput } from "../../lib/readers-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";

/** Names who may read files before they are uploaded, so that nobody else ever finds them. */
export const UploadReadersDialog = ({
  onClose,
  onChoose,
}: {
  onClose: () => void;
  onChoose: (readers: Principal[], what: "files" | "folder") => void;
}) => {
  const [readers, setReaders] = useState<Principal[]>([]);
  const choose = (what: "files" | "folder") => () => {
    onChoose(readers, what);
    onClose();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title="Upload for some readers only"
        description="Nobody else finds these files, from the moment they arrive. Name yourself too, or a group of yours."
      >
        <DialogBody>
          <ReadersInput
            value={readers}
            onChange={setReaders}
            hint="group:<name>, role:<role> or user:<id>. They must be among the readers of the index too."
          />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>Discard</Button>
          <Button disabled={readers.length === 0} onClick={choose("folder")}>
            Choose a folder…
          </Button>
          <Button variant="primary" disabled={readers.length === 0} onClick={choose("files")}>
            Choose files…
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
