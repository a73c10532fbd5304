"use client";
import type { Build } from "@samla/contracts";
import {
  ArrowUpFromLine,
  Ban,
  CopyPlus,
  FileDown,
  MoreHorizontal,
  Pause,
  Play,
  RotateCw,
  Trash2,
  Undo2,
} from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { buildTitle } from "../../lib/builds.ts";
import { useCan } from "../../lib/me.ts";
import { newBuildPath } from "../../lib/paths.ts";
import { toastError } from "../../lib/query-error.tsx";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import { Button } from "../../ui/button.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "../../ui/dropdown-menu.tsx";
import { toast } from "../../ui/toast.ts";
import { type BuildAction, buildActions } from "./builds.ts";
import { exportBuild } from "./export-build.ts";
import { type BuildVerb, useBuildVerb } from "./mutations.ts";

const PromoteDialog = dynamic(() => import("./promote-dialog.tsx").then((module) => module.PromoteDialog), {
  ssr: false,
});
const RollBackDialog = dynamic(() => import("./roll-back-dialog.tsx").then((module) => module.RollBackDialog), {
  ssr: false,
});

type Open = "promote" | "roll-back" | "cancel" | "delete";

const said: Record<BuildVerb, string> = {
  pause: "Paused",
  resume: "Filling goes on",
  cancel: "Cancelled",
  retry: "Failed documents are tried again",
  delete: "Build deleted",
};

/** Everything a person may do to a build now; what changes what people find asks first. */
export const BuildButtons = ({
  build,
  size = "md",
  onDeleted,
}: {
  build: Build;
  size?: "sm" | "md";
  onDeleted?: () => void;
}) => {
  const router = useRouter();
  const actions = buildActions(build, useCan("builds.write"));
  const mayReadQuestions = useCan("questions.read");
  const verb = useBuildVerb(build.index);
  // `undefined` until first asked for, so that a dialog's code is not loaded before.
  const [dialog, setDialog] = useState<{ kind: Open; isOpen: boolean }>();
  const show = (kind: Open) => setDialog({ kind, isOpen: true });
  const close = () => setDialog((before) => before && { ...before, isOpen: false });
  const run = async (one: BuildVerb) => {
    await verb.mutateAsync({ verb: one, buildId: build.id });
    toast.success(said[one]);
  };
  if (actions.size === 0) return null;
  const has = (action: BuildAction) => actions.has(action);
  const title = buildTitle(build);
  return (
    <div className="flex items-center justify-end gap-1.5">
      {has("promote") ? (
        <Button size={size} variant="primary" onClick={() => show("promote")}>
          <ArrowUpFromLine aria-hidden /> Promote…
        </Button>
      ) : null}
      {has("roll-back") ? (
        <Button size={size} onClick={() => show("roll-back")}>
          <Undo2 aria-hidden /> Roll back to it…
        </Button>
      ) : null}
      {has("pause") ? (
        <Button size={size} onClick={() => void run("pause").catch(() => undefined)} busy={verb.isPending}>
          <Pause aria-hidden /> Pause
        </Button>
      ) : null}
      {has("resume") ? (
        <Button
          size={size}
          variant="primary"
          onClick={() => void run("resume").catch(() => undefined)}
          busy={verb.isPending}
        >
          <Play aria-hidden /> Resume
        </Button>
      ) : null}
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size={size === "sm" ? "icon-sm" : "icon"} aria-label={`More actions for ${title}`}>
            <MoreHorizontal aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {has("retry") ? (
            <DropdownMenuItem onSelect={() => void run("retry").catch(() => undefined)}>
              <RotateCw aria-hidden /> Retry failed documents
            </DropdownMenuItem>
          ) : null}
          <DropdownMenuItem onSelect={() => router.push(newBuildPath(build.index, build.id))}>
            <CopyPlus aria-hidden /> New build from it
          </DropdownMenuItem>
          {mayReadQuestions ? (
            <DropdownMenuItem onSelect={() => void exportBuild(build.index, build.id).catch(toastError)}>
              <FileDown aria-hidden /> Export as a file
            </DropdownMenuItem>
          ) : null}
          {has("cancel") ? (
            <DropdownMenuItem destructive onSelect={() => show("cancel")}>
              <Ban aria-hidden /> Cancel…
            </DropdownMenuItem>
          ) : null}
          {has("delete") ? (
            <DropdownMenuItem destructive onSelect={() => show("delete")}>
              <Trash2 aria-hidden /> Delete…
            </DropdownMenuItem>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog?.kind === "promote" ? <PromoteDialog build={build} open={dialog.isOpen} onOpenChange={close} /> : null}
      {dialog?.kind === "roll-back" ? <RollBackDialog build={build} open={dialog.isOpen} onOpenChange={close} /> : null}
      <ConfirmDialog
        open={dialog?.kind === "cancel" && dialog.isOpen}
        onOpenChange={close}
        title={`Cancel “${title}”?`}
        description="Filling stops within seconds and the data made for it is dropped. What was read and embedded stays, so another build with the same settings is quick. Searches are not touched."
        confirmLabel="Cancel the build"
        onConfirm={() => run("cancel")}
      />
      <ConfirmDialog
        open={dialog?.kind === "delete" && dialog.isOpen}
        onOpenChange={close}
        title={`Delete “${title}”?`}
        description={
          build.status === "superseded"
            ? "Nobody can go back to it then. Type the end of its id to delete it by name."
            : "Its table is dropped. Searches are not touched. Type the end of its id to delete it by name."
        }
        confirmLabel="Delete for good"
        confirmText={build.id.slice(-6)}
        onConfirm={async () => {
          await run("delete");
          onDeleted?.();
        }}
      />
    </div>
  );
};
