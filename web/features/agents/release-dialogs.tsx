"use client";
import type { AgentDetail, ReleaseDetail } from "@samla/contracts";
import { useState } from "react";
import { Field, Input } from "../../ui/input.tsx";
import { toast } from "../../ui/toast.ts";
import { ActDialog } from "./act-dialog.tsx";
import { useAgentVerb } from "./mutations.ts";
import { releaseTitle } from "./words.ts";

type Props = {
  agent: AgentDetail;
  release: ReleaseDetail;
  kind: "execute" | "withdraw" | "stop";
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Execute, withdraw or stop a release. */
export const ReleaseDialogs = (props: Props) =>
  props.kind === "execute" ? (
    <ExecuteDialog {...props} />
  ) : props.kind === "stop" ? (
    <StopDialog {...props} />
  ) : (
    <WithdrawDialog {...props} />
  );

const ExecuteDialog = ({ agent, release, open, onOpenChange }: Props) => {
  const verb = useAgentVerb("agents.execute");
  const [reason, setReason] = useState(release.reason);
  return (
    <ActDialog
      agent={agent}
      open={open}
      onOpenChange={onOpenChange}
      title={`Execute ${releaseTitle(release).toLowerCase()}?`}
      description={release.changeSet?.sentence ?? "The change set is executed as shown."}
      reasonLabel=""
      asksReason={false}
      isReady={reason.trim().length >= 3}
      confirmLabel="Execute"
      keepLabel="Not yet"
      destructive={release.changeSet?.replaces === true}
      onAct={async ({ confirmName }) => {
        await verb.mutateAsync({
          params: { agent: agent.name, releaseId: release.id },
          body: { reason: reason.trim(), ...(confirmName === undefined ? {} : { confirmName }) },
        });
        toast.success("The release is on its way");
      }}
    >
      <Field id="execute-reason" label="Why release it?" hint="It stays in the history with your name.">
        {(ids) => <Input {...ids} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </ActDialog>
  );
};

const StopDialog = ({ agent, release, open, onOpenChange }: Props) => {
  const verb = useAgentVerb("agents.stop");
  return (
    <ActDialog
      agent={agent}
      open={open}
      onOpenChange={onOpenChange}
      title={`Stop ${releaseTitle(release).toLowerCase()}?`}
      description="New tasks stop and those before take over again. Requests under way are finished."
      reasonLabel="Why stop it?"
      confirmLabel="Stop and go back"
      keepLabel="Let it go on"
      destructive
      onAct={async (body) => {
        await verb.mutateAsync({ params: { agent: agent.name, releaseId: release.id }, body });
        toast.success("Stopping");
      }}
    />
  );
};

const WithdrawDialog = ({ agent, release, open, onOpenChange }: Props) => {
  const verb = useAgentVerb("agents.withdraw");
  return (
    <ActDialog
      agent={{ name: agent.name, protected: false }}
      open={open}
      onOpenChange={onOpenChange}
      title={`Withdraw ${releaseTitle(release).toLowerCase()}?`}
      description="Its change set is deleted; nothing that runs changes. It stays in the history."
      reasonLabel=""
      asksReason={false}
      confirmLabel="Withdraw"
      keepLabel="Keep it"
      onAct={async () => {
        await verb.mutateAsync({ params: { agent: agent.name, releaseId: release.id } });
        toast.success("Withdrawn");
      }}
    />
  );
};
