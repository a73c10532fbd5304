"use client";
import type { SyncRun, SyncRunReport } from "@samla/contracts";
import { OctagonAlert } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { runPath } from "../../lib/paths.ts";
import { describeError } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/input.tsx";
import { syncAgentName, useStartRun } from "./queries.ts";

const namesShown = 8;

/** Why a run deleted nothing, what to look at first, and the way to let the deletions go. */
export const BrakeCard = ({ run, isNewest }: { run: SyncRunReport; isNewest: boolean }) => {
  const mayRun = useCan("agents.release");
  const mayDelete = useCan("documents.write");
  const [isOpen, setOpen] = useState(false);
  const { brake } = run;
  if (!brake) return null;
  return (
    <section aria-label="Brake" className="rounded-lg border border-warning bg-warning-soft p-4 text-sm">
      <p className="flex items-center gap-2 font-medium text-warning text-xs">
        <OctagonAlert className="size-4 shrink-0" aria-hidden /> The brake held {formatPlural(brake.wanted, "deletion")}
      </p>
      <p className="mt-1.5 text-pretty font-semibold text-base">
        {formatCount(brake.wanted)} of {formatPlural(brake.of, "document")} are no longer in the source, and one run may
        remove {formatCount(brake.allowed)}.
      </p>
      <p className="mt-1 text-pretty">
        Nothing was removed; people still find them all. A folder that is not mounted or a wrong path looks just like
        this. Look at the files marked “Kept for now” below: if they are really gone from the source, let them go.
      </p>
      <div className="mt-3">
        {!isNewest ? (
          <p className="text-muted-foreground text-xs">A later run has looked again; decide there.</p>
        ) : mayRun && mayDelete ? (
          <Button variant="destructive" onClick={() => setOpen(true)}>
            Confirm and run…
          </Button>
        ) : (
          <p className="text-muted-foreground text-xs">
            Removing documents takes an administrator: give them the address of this page.
          </p>
        )}
      </div>
      <ConfirmDialog run={run} brake={brake} open={isOpen} onOpenChange={setOpen} />
    </section>
  );
};

const ConfirmDialog = ({
  run,
  brake,
  open,
  onOpenChange,
}: {
  run: SyncRunReport;
  brake: NonNullable<SyncRun["brake"]>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => {
  const router = useRouter();
  const start = useStartRun();
  const [typed, setTyped] = useState("");
  const going = run.rows.filter(({ outcome }) => outcome === "held");
  const problem = start.error ? describeError(start.error) : undefined;
  const begin = () =>
    start.mutate(
      { allowDeletes: brake.wanted },
      {
        onSuccess: (begun) => {
          onOpenChange(false);
          router.push(runPath(syncAgentName, begun.id));
        },
      },
    );
  return (
    <Dialog open={open} onOpenChange={(next) => (start.isPending ? undefined : onOpenChange(next))}>
      <DialogContent
        title={`Remove ${formatPlural(brake.wanted, "document")}?`}
        description="A new run compares everything again and may remove as many as that, no more. They can be restored for 30 days."
      >
        <DialogBody className="grid gap-4">
          <ul
            aria-label="What would go"
            className="wrap-anywhere rounded-md border px-3 py-2 font-mono text-xs leading-5"
          >
            {going.slice(0, namesShown).map(({ key }) => (
              <li key={key}>{key}</li>
            ))}
            {going.length > namesShown ? (
              <li className="text-muted-foreground">and {formatCount(going.length - namesShown)} more</li>
            ) : null}
          </ul>
          <Field
            id="brake-count"
            label={
              <>
                Type <strong className="font-mono">{brake.wanted}</strong> to confirm how many go
              </>
            }
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
          {problem ? (
            <p role="alert" className="wrap-anywhere rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button disabled={start.isPending} onClick={() => onOpenChange(false)}>
            Keep them
          </Button>
          <Button
            variant="destructive"
            busy={start.isPending}
            disabled={typed.trim() !== String(brake.wanted)}
            onClick={begin}
          >
            Remove them and run
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
