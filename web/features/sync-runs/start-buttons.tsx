"use client";
import type { SyncRun } from "@samla/contracts";
import { FlaskConical, Play, Square } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCan } from "../../lib/me.ts";
import { runPath } from "../../lib/paths.ts";
import { toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.ts";
import { syncAgentName, useCancelRun, useStartRun } from "./queries.ts";

/** Begins a run, dry or in earnest, and goes to its page; while one goes on, there is nothing to begin. */
export const StartButtons = ({ running }: { running: SyncRun | undefined }) => {
  const may = useCan("agents.release");
  const router = useRouter();
  const start = useStartRun();
  if (!may) return null;
  // By promise: these buttons may be gone before the answer comes, and with them the callbacks of `mutate`.
  const begin = (dryRun: boolean) =>
    start.mutateAsync(dryRun ? { dryRun } : {}).then((run) => router.push(runPath(syncAgentName, run.id)), toastError);
  const isBusy = start.isPending || running !== undefined;
  const why = running ? "A run is under way" : undefined;
  return (
    <>
      <Button disabled={isBusy} title={why} onClick={() => begin(true)}>
        <FlaskConical aria-hidden /> Dry run
      </Button>
      <Button variant="primary" disabled={isBusy} title={why} busy={start.isPending} onClick={() => begin(false)}>
        <Play aria-hidden /> Run now
      </Button>
    </>
  );
};

export const CancelButton = ({ run }: { run: SyncRun }) => {
  const may = useCan("agents.release");
  const cancel = useCancelRun();
  if (!may || run.status !== "running") return null;
  return (
    <Button
      busy={cancel.isPending}
      onClick={() =>
        cancel.mutate(run.id, { onSuccess: () => toast.success("The run ends within seconds"), onError: toastError })
      }
    >
      <Square aria-hidden /> Cancel the run
    </Button>
  );
};
