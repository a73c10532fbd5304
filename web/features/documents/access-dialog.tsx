"use client";
import type { Document, Principal } from "@samla/contracts";
import { type FormEvent, useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { describeError } from "../../lib/problem.ts";
import { ReadersInput } from "../../lib/readers-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";

/** The readers that all of the documents have; undefined when they leave it to the index or differ. */
const commonReaders = (documents: readonly Pick<Document, "readers">[]): Principal[] | undefined => {
  const [first, ...others] = documents.map((document) => [...(document.readers ?? [])].sort().join("\n"));
  return first && others.every((one) => one === first) ? [...(documents[0]?.readers ?? [])] : undefined;
};

const differ = (documents: readonly Pick<Document, "readers">[]): boolean =>
  new Set(documents.map((document) => [...(document.readers ?? [])].sort().join("\n"))).size > 1;

/** Who of the index's readers may read documents: all of them, or only those named. Stays open when it is refused. */
export const AccessDialog = ({
  documents,
  onClose,
  onApply,
}: {
  documents: readonly Pick<Document, "name" | "readers">[];
  onClose: () => void;
  /** Null leaves it to the index. */
  onApply: (readers: Principal[] | null) => Promise<unknown>;
}) => {
  const common = commonReaders(documents);
  const [isOwn, setOwn] = useState(common !== undefined);
  const [readers, setReaders] = useState<Principal[]>(common ?? []);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ReturnType<typeof describeError>>();
  const only = documents.length === 1 ? documents[0] : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await onApply(isOwn ? readers : null);
      onClose();
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title="Who may read"
        description={only ? only.name : `${formatPlural(documents.length, "document")} at once`}
      >
        <form onSubmit={(event) => void submit(event)} noValidate className="flex min-h-0 flex-col">
          <DialogBody className="grid gap-4">
            {differ(documents) ? (
              <p className="rounded-md bg-warning-soft px-3 py-2 text-sm">
                They have different readers now; what you choose replaces them all.
              </p>
            ) : null}
            <AccessChoice isOwn={isOwn} onChange={setOwn} />
            {isOwn ? (
              <ReadersInput
                value={readers}
                onChange={setReaders}
                hint="everyone, group:<name>, role:<role> or user:<id>. They must be among the readers of the index too."
              />
            ) : null}
            {problem ? (
              <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
                {problem.detail} {problem.nextStep}
              </p>
            ) : null}
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>Discard</Button>
            <Button type="submit" variant="primary" busy={isBusy} disabled={isOwn && readers.length === 0}>
              Save
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
};

const choices = [
  { isOwn: false, label: "All readers of the index", hint: "As for any other document." },
  {
    isOwn: true,
    label: "Only some of them",
    hint: "For everybody else it is not there: no search, list, count or link shows it. Administrators see it.",
  },
];

const AccessChoice = ({ isOwn, onChange }: { isOwn: boolean; onChange: (isOwn: boolean) => void }) => (
  <fieldset className="grid gap-2">
    <legend className="sr-only">Access</legend>
    {choices.map((one) => (
      <label
        key={one.label}
        className="flex cursor-pointer items-start gap-2.5 rounded-md border px-3 py-2 text-sm has-checked:border-primary has-checked:bg-primary-soft"
      >
        <input
          type="radio"
          name="access"
          className="mt-0.5 size-4 accent-primary"
          checked={one.isOwn === isOwn}
          onChange={() => onChange(one.isOwn)}
        />
        <span>
          <span className="block font-medium">{one.label}</span>
          <span className="block text-muted-foreground text-xs">{one.hint}</span>
        </span>
      </label>
    ))}
  </fieldset>
);
