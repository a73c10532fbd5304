"use client";
import type { ImageItem } from "@samla/contracts";
import { formatBytes, imageLimits } from "@samla/contracts/plain";
import { useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { shortDigest } from "../../lib/image-id.tsx";
import { describeError } from "../../lib/problem.ts";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/input.tsx";
import { toast } from "../../ui/toast.ts";
import { useImageVerb } from "./mutations.ts";
import { protectionLabel } from "./parts.tsx";

type Props = { image: ImageItem; open: boolean; onOpenChange: (open: boolean) => void };

const nameOf = ({ tags, digest }: Pick<ImageItem, "tags" | "digest">): string => tags[0] ?? shortDigest(digest);
const isDays = (text: string): boolean =>
  /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= imageLimits.quarantineDaysMax;

/** Says what a deletion takes before it does; nothing is gone before the day that is named. */
export const DeleteImageDialog = ({ image, open, onOpenChange }: Props) => {
  const remove = useImageVerb("images.delete");
  const [reason, setReason] = useState("");
  const [days, setDays] = useState(String(imageLimits.quarantineDays));
  const back = image.releases.filter(({ canRollBack }) => canRollBack);
  const isKept = image.protectedBy.length > 0;
  const problem = remove.error ? describeError(remove.error) : undefined;
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title={`Delete ${nameOf(image)} of ${image.agent}?`}
        description="It loses its tags and cannot be released. Until its day comes it can be restored as it was."
      >
        <DialogBody className="grid gap-4">
          {isKept ? (
            <p role="alert" className="rounded-md bg-warning-soft px-3 py-2 text-sm">
              It cannot be deleted: {image.protectedBy.map(protectionLabel).join(", ")}.
            </p>
          ) : (
            <ul className="list-disc rounded-md bg-surface py-2 pr-3 pl-7 text-sm">
              <li>No task runs it and no release waits for it.</li>
              <li>
                {back.length > 0
                  ? `${formatPlural(back.length, "older release")} (${back.map(({ n }) => n).join(", ")}) can no longer be gone back to once it is removed.`
                  : "No release could be gone back to with it."}
              </li>
              <li>{formatBytes(image.sizeBytes)} at most become free; layers that other images share stay.</li>
            </ul>
          )}
          <Field
            id="quarantine-days"
            label="Days until it is removed for good"
            error={isDays(days) ? undefined : `From 1 to ${imageLimits.quarantineDaysMax}.`}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                className="max-w-24"
                value={days}
                onChange={(event) => setDays(event.target.value.trim())}
              />
            )}
          </Field>
          <ReasonField id="delete-image-reason" label="Why delete it?" value={reason} onChange={setReason} />
          {problem ? (
            <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button
            variant="destructive"
            busy={remove.isPending}
            disabled={isKept || !isReason(reason) || !isDays(days)}
            onClick={() =>
              remove.mutate(
                {
                  params: { agent: image.agent, digest: image.digest },
                  body: { reason: reason.trim(), days: Number(days) },
                },
                {
                  onSuccess: () => {
                    toast.success("Deleted; it can be restored");
                    onOpenChange(false);
                  },
                },
              )
            }
          >
            Delete it
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};

/** Takes an image out of quarantine, with its tags. */
export const RestoreImageDialog = ({ image, open, onOpenChange }: Props) => {
  const restore = useImageVerb("images.restore");
  const [reason, setReason] = useState("");
  const tags = image.quarantine?.tags ?? [];
  const problem = restore.error ? describeError(restore.error) : undefined;
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title={`Restore ${tags[0] ?? shortDigest(image.digest)} of ${image.agent}?`}
        description={
          tags.length > 0
            ? `It gets ${tags.join(", ")} back, unless another image has been given that tag since, and can be released again.`
            : "It can be released again."
        }
      >
        <DialogBody className="grid gap-4">
          <ReasonField id="restore-image-reason" label="Why restore it?" value={reason} onChange={setReason} />
          {problem ? (
            <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Leave it deleted</Button>
          <Button
            variant="primary"
            busy={restore.isPending}
            disabled={!isReason(reason)}
            onClick={() =>
              restore.mutate(
                { params: { agent: image.agent, digest: image.digest }, body: { reason: reason.trim() } },
                {
                  onSuccess: () => {
                    toast.success("Restored");
                    onOpenChange(false);
                  },
                },
              )
            }
          >
            Restore it
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
