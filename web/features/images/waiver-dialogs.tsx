"use client";
import type { Waiver } from "@samla/contracts";
import { imageLimits } from "@samla/contracts/plain";
import { useState } from "react";
import { useMe } from "../../lib/me.ts";
import { describeError, fieldErrorsOf } from "../../lib/problem.ts";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/input.tsx";
import { toast } from "../../ui/toast.ts";
import { useImageVerb } from "./mutations.ts";

const dayMs = 86_400_000;
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
const usualDays = 30;

/** Lets a finding through until a day; somebody answers for it. */
export const WaiveDialog = ({
  repository,
  findingId,
  open,
  onOpenChange,
}: {
  repository: string;
  findingId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => {
  const { data: me } = useMe();
  const waive = useImageVerb("images.waive");
  const [id, setId] = useState(findingId);
  const [owner, setOwner] = useState(me?.name ?? "");
  const [reason, setReason] = useState("");
  const [packageName, setPackage] = useState("");
  const [until, setUntil] = useState(() => dayOf(Date.now() + usualDays * dayMs));
  const problem = waive.error ? describeError(waive.error) : undefined;
  const fields = waive.error ? fieldErrorsOf(waive.error) : {};
  const submit = () =>
    waive.mutate(
      {
        params: { agent: repository },
        body: {
          findingId: id.trim(),
          owner: owner.trim(),
          reason: reason.trim(),
          until: `${until}T23:59:59.000Z`,
          ...(packageName.trim() ? { package: packageName.trim() } : {}),
        },
      },
      {
        onSuccess: () => {
          toast.success("Waived");
          onOpenChange(false);
        },
      },
    );
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title="Waive a finding"
        description={`In images of ${repository}, until the day you name. The gate then stops at it again by itself.`}
      >
        <DialogBody className="grid gap-4">
          <Field id="waive-id" label="Finding" error={fields.findingId}>
            {(ids) => (
              <Input
                {...ids}
                className="font-mono"
                placeholder="CVE-2026-1234"
                value={id}
                spellCheck={false}
                onChange={(event) => setId(event.target.value)}
              />
            )}
          </Field>
          <Field id="waive-package" label="Only in this package (optional)" error={fields.package}>
            {(ids) => (
              <Input
                {...ids}
                value={packageName}
                spellCheck={false}
                onChange={(event) => setPackage(event.target.value)}
              />
            )}
          </Field>
          <div className="grid grid-cols-2 gap-3">
            <Field id="waive-owner" label="Who answers for it" error={fields.owner}>
              {(ids) => <Input {...ids} value={owner} onChange={(event) => setOwner(event.target.value)} />}
            </Field>
            <Field id="waive-until" label="Until" error={fields.until}>
              {(ids) => (
                <Input
                  {...ids}
                  type="date"
                  min={dayOf(Date.now() + dayMs)}
                  max={dayOf(Date.now() + (imageLimits.waiverDaysMax - 1) * dayMs)}
                  value={until}
                  onChange={(event) => setUntil(event.target.value)}
                />
              )}
            </Field>
          </div>
          <ReasonField
            id="waive-reason"
            label="Why does it do no harm here?"
            hint="Everybody who releases the agent reads it."
            value={reason}
            onChange={setReason}
          />
          {problem && Object.keys(fields).length === 0 ? (
            <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Let the gate stop it</Button>
          <Button
            variant="primary"
            busy={waive.isPending}
            disabled={!id.trim() || owner.trim().length < 2 || !until || !isReason(reason)}
            onClick={submit}
          >
            Waive it
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};

export const EndWaiverDialog = ({
  repository,
  waiver,
  open,
  onOpenChange,
}: {
  repository: string;
  waiver: Waiver;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => {
  const end = useImageVerb("images.endWaiver");
  const [reason, setReason] = useState("");
  const problem = end.error ? describeError(end.error) : undefined;
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title={`End the waiver of ${waiver.findingId}?`}
        description="The gate stops at it again at the next release. What runs goes on."
      >
        <DialogBody className="grid gap-4">
          <ReasonField id="end-waiver-reason" label="Why end it?" value={reason} onChange={setReason} />
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
            busy={end.isPending}
            disabled={!isReason(reason)}
            onClick={() =>
              end.mutate(
                { params: { agent: repository, waiverId: waiver.id }, body: { reason: reason.trim() } },
                {
                  onSuccess: () => {
                    toast.success("The waiver is ended");
                    onOpenChange(false);
                  },
                },
              )
            }
          >
            End it
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
