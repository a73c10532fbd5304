"use client";
import type { AgentDetail } from "@samla/contracts";
import { agentLimits } from "@samla/contracts/plain";
import { useState } from "react";
import { NumberField } from "../../lib/build-config/fields.tsx";
import { formatPlural } from "../../lib/format.ts";
import { ActDialog, type ActInput } from "./act-dialog.tsx";
import type { OpenAct } from "./agent-actions.ts";
import { useAgentVerb } from "./mutations.ts";

type Props = {
  agent: AgentDetail;
  act: OpenAct;
  onClose: () => void;
  onDone: (said: string, releaseId?: string) => void;
};

/** The dialogs of an agent's acts, each with what it does to those who use the agent. */
export const ActDialogs = (props: Props) => {
  const { kind } = props.act;
  if (kind === "scale") return <ScaleDialog {...props} />;
  if (kind === "protect") return <ProtectDialog {...props} />;
  if (kind === "unpin") return <UnpinDialog {...props} />;
  return <RunDialog {...props} kind={kind} />;
};

const runs = {
  restart: {
    title: (name: string) => `Restart ${name}?`,
    description: "Every task is replaced by a new one of the same release, one after the other, so nobody is cut off.",
    reasonLabel: "Why restart it?",
    confirmLabel: "Restart",
    said: "Restarting",
  },
  pause: {
    title: (name: string) => `Pause ${name}?`,
    description:
      "All tasks finish what they do and stop. Nobody gets an answer from it until it is resumed; its releases and logs stay.",
    reasonLabel: "Why pause it?",
    confirmLabel: "Pause",
    said: "Pausing",
  },
  resume: {
    title: (name: string) => `Resume ${name}?`,
    description: "Tasks of the live release start again, and take requests once they are healthy.",
    reasonLabel: "Why resume it?",
    confirmLabel: "Resume",
    said: "Resuming",
  },
} as const;

const RunDialog = ({ agent, act, kind, onClose, onDone }: Props & { kind: keyof typeof runs }) => {
  const verb = useAgentVerb(`agents.${kind}`);
  const words = runs[kind];
  const run = async (body: ActInput) => {
    const release = await verb.mutateAsync({ params: { agent: agent.name }, body });
    onDone(words.said, release.id);
  };
  return (
    <ActDialog
      agent={agent}
      open={act.isOpen}
      onOpenChange={onClose}
      title={words.title(agent.name)}
      description={words.description}
      reasonLabel={words.reasonLabel}
      confirmLabel={words.confirmLabel}
      destructive={kind === "pause"}
      onAct={run}
    >
      {kind === "pause" ? <Touched agent={agent} /> : null}
    </ActDialog>
  );
};

/** Who notices. */
const Touched = ({ agent }: { agent: AgentDetail }) => {
  const perMinute = agent.figures.requestsPerMinute;
  return (
    <p role="status" className="rounded-md bg-warning-soft px-3 py-2 text-sm">
      {formatPlural(agent.tasks.running, "task")} will stop.{" "}
      {perMinute
        ? `It answered about ${formatPlural(Math.max(1, Math.round(perMinute)), "request")} a minute lately; those will be refused.`
        : "Nobody has asked it anything in the last five minutes."}
    </p>
  );
};

const ScaleDialog = ({ agent, act, onClose, onDone }: Props) => {
  const verb = useAgentVerb("agents.scale");
  const config = agent.live?.config;
  const [minTasks, setMin] = useState(config?.minTasks ?? 1);
  const [maxTasks, setMax] = useState(config?.maxTasks ?? 4);
  const [cpuTarget, setTarget] = useState(config?.cpuTarget ?? 60);
  const isChanged = minTasks !== config?.minTasks || maxTasks !== config?.maxTasks || cpuTarget !== config?.cpuTarget;
  const isOrdered = minTasks <= maxTasks;
  return (
    <ActDialog
      agent={agent}
      open={act.isOpen}
      onOpenChange={onClose}
      title={`Scale ${agent.name}`}
      description="How many tasks run at least and at most, and how busy they should be. Running tasks stay as they are."
      reasonLabel="Why change it?"
      confirmLabel="Change the scaling"
      isReady={isChanged && isOrdered}
      onAct={async (input) => {
        const release = await verb.mutateAsync({
          params: { agent: agent.name },
          body: { minTasks, maxTasks, cpuTarget, ...input },
        });
        onDone("The scaling is changed", release.id);
      }}
    >
      <div className="grid grid-cols-3 gap-3">
        <NumberField
          label="At least"
          value={minTasks}
          min={0}
          max={agentLimits.tasksMax}
          isChanged={minTasks !== config?.minTasks}
          onChange={setMin}
        />
        <NumberField
          label="At most"
          value={maxTasks}
          min={1}
          max={agentLimits.tasksMax}
          isChanged={maxTasks !== config?.maxTasks}
          onChange={setMax}
        />
        <NumberField
          label="CPU target, %"
          value={cpuTarget}
          min={10}
          max={90}
          isChanged={cpuTarget !== config?.cpuTarget}
          onChange={setTarget}
        />
      </div>
      {isOrdered ? null : (
        <p role="alert" className="text-destructive text-xs">
          The most must not be below the least.
        </p>
      )}
      {minTasks === 0 ? (
        <p role="status" className="rounded-md bg-warning-soft px-3 py-2 text-sm">
          With none at least, the service may stop its last task when it is idle, and does not start by itself again.
        </p>
      ) : null}
    </ActDialog>
  );
};

const UnpinDialog = ({ agent, act, onClose, onDone }: Props) => {
  const verb = useAgentVerb("agents.unpin");
  return (
    <ActDialog
      agent={agent}
      open={act.isOpen}
      onOpenChange={onClose}
      title={`Unpin ${agent.name}?`}
      description="It keeps running as it is. From then on releases may go out again."
      reasonLabel="Why unpin it?"
      confirmLabel="Unpin"
      onAct={async (body) => {
        await verb.mutateAsync({ params: { agent: agent.name }, body });
        onDone("Unpinned");
      }}
    />
  );
};

const ProtectDialog = ({ agent, act, onClose, onDone }: Props) => {
  const verb = useAgentVerb("agents.protect");
  const isOn = !agent.protected;
  return (
    <ActDialog
      agent={agent}
      open={act.isOpen}
      onOpenChange={onClose}
      title={isOn ? `Protect ${agent.name}?` : `Take the protection off ${agent.name}?`}
      description={
        isOn
          ? "Every release, roll back, restart, scaling and pause then asks for its name."
          : "Acts ask for a reason only from then on."
      }
      reasonLabel="Why?"
      confirmLabel={isOn ? "Protect" : "Take it off"}
      destructive={!isOn}
      onAct={async ({ reason }) => {
        await verb.mutateAsync({ params: { agent: agent.name }, body: { protected: isOn, reason } });
        onDone(isOn ? "Protected" : "The protection is off");
      }}
    />
  );
};
