"use client";
import type { AgentDetail, ReleaseDetail } from "@samla/contracts";
import { CopyPlus, OctagonX, Play, Trash2, Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { useCan } from "../../lib/me.ts";
import { newReleasePath } from "../../lib/paths.ts";
import { Button } from "../../ui/button.tsx";

const RollBackDialog = dynamic(() => import("./roll-back-dialog.tsx").then((module) => module.RollBackDialog), {
  ssr: false,
});
const ReleaseDialogs = dynamic(() => import("./release-dialogs.tsx").then((module) => module.ReleaseDialogs), {
  ssr: false,
});

type Kind = "execute" | "withdraw" | "stop" | "roll-back";

/** What this person may do with a release now, as the server says. */
export const ReleaseButtons = ({ agent, release }: { agent: AgentDetail; release: ReleaseDetail }) => {
  const mayRelease = useCan("agents.release");
  const [dialog, setDialog] = useState<{ kind: Kind; isOpen: boolean }>();
  const show = (kind: Kind) => () => setDialog({ kind, isOpen: true });
  const onOpenChange = (isOpen: boolean) => setDialog((before) => before && { ...before, isOpen });
  const { can } = release;
  const isCopyable =
    mayRelease && release.kind === "release" && release.status !== "rolling" && !agent.pin && !agent.busy;
  return (
    <>
      {can.withdraw ? (
        <Button onClick={show("withdraw")}>
          <Trash2 aria-hidden /> Withdraw…
        </Button>
      ) : null}
      {isCopyable ? (
        <Button asChild>
          <Link href={newReleasePath(agent.name, { from: release.id })}>
            <CopyPlus aria-hidden /> New release from it
          </Link>
        </Button>
      ) : null}
      {can.rollBackTo ? (
        <Button onClick={show("roll-back")}>
          <Undo2 aria-hidden /> Roll back to it…
        </Button>
      ) : null}
      {can.stop ? (
        <Button variant="destructive" onClick={show("stop")}>
          <OctagonX aria-hidden /> Stop…
        </Button>
      ) : null}
      {can.execute ? (
        <Button variant="primary" onClick={show("execute")}>
          <Play aria-hidden /> Execute…
        </Button>
      ) : null}
      {dialog?.kind === "roll-back" ? (
        <RollBackDialog agent={agent} release={release} open={dialog.isOpen} onOpenChange={onOpenChange} />
      ) : dialog ? (
        <ReleaseDialogs
          agent={agent}
          release={release}
          kind={dialog.kind}
          open={dialog.isOpen}
          onOpenChange={onOpenChange}
        />
      ) : null}
    </>
  );
};
