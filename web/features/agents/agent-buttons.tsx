"use client";
import type { AgentDetail } from "@samla/contracts";
import { Lock, LockOpen, MoreHorizontal, Pause, Pin, Play, Rocket, RotateCw, Scaling, Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { can, useCan, useMe } from "../../lib/me.ts";
import { agentPath, newReleasePath, releasePath } from "../../lib/paths.ts";
import { Button } from "../../ui/button.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "../../ui/dropdown-menu.tsx";
import { toast } from "../../ui/toast.ts";
import { type AgentAction, agentActions, type OpenAct } from "./agent-actions.ts";

const ActDialogs = dynamic(() => import("./act-dialogs.tsx").then((module) => module.ActDialogs), { ssr: false });

/** Opens the dialogs of an agent's acts; their code is loaded with the first one. */
const useActs = (agent: AgentDetail) => {
  const router = useRouter();
  const [act, setAct] = useState<OpenAct>();
  return {
    show: (kind: OpenAct["kind"]) => setAct({ kind, isOpen: true }),
    dialogs: act ? (
      <ActDialogs
        agent={agent}
        act={act}
        onClose={() => setAct((before) => before && { ...before, isOpen: false })}
        onDone={(said, releaseId) => {
          toast.success(said);
          if (releaseId) router.push(releasePath(agent.name, releaseId));
        }}
      />
    ) : null,
  };
};

/** Everything a person may do to an agent now. What they may not do is not shown. */
export const AgentButtons = ({ agent }: { agent: AgentDetail }) => {
  const { data: me } = useMe();
  const router = useRouter();
  const { show, dialogs } = useActs(agent);
  const actions = agentActions(agent, (permission) => can(me, permission));
  if (actions.size === 0) return null;
  const has = (action: AgentAction) => actions.has(action);
  return (
    <>
      {has("roll-back") ? (
        <Button asChild>
          <Link href={agentPath(agent.name, "releases")}>
            <Undo2 aria-hidden /> Roll back…
          </Link>
        </Button>
      ) : null}
      {has("release") ? (
        <Button asChild variant="primary">
          <Link href={newReleasePath(agent.name)}>
            <Rocket aria-hidden /> Release…
          </Link>
        </Button>
      ) : null}
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`More actions for ${agent.name}`}>
            <MoreHorizontal aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {has("restart") ? (
            <DropdownMenuItem onSelect={() => show("restart")}>
              <RotateCw aria-hidden /> Restart…
            </DropdownMenuItem>
          ) : null}
          {has("scale") ? (
            <DropdownMenuItem onSelect={() => show("scale")}>
              <Scaling aria-hidden /> Scale…
            </DropdownMenuItem>
          ) : null}
          {has("pause") ? (
            <DropdownMenuItem onSelect={() => show("pause")}>
              <Pause aria-hidden /> Pause…
            </DropdownMenuItem>
          ) : null}
          {has("resume") ? (
            <DropdownMenuItem onSelect={() => show("resume")}>
              <Play aria-hidden /> Resume…
            </DropdownMenuItem>
          ) : null}
          {has("unpin") ? (
            <DropdownMenuItem onSelect={() => show("unpin")}>
              <Pin aria-hidden /> Unpin…
            </DropdownMenuItem>
          ) : null}
          {has("protect") ? (
            <DropdownMenuItem onSelect={() => show("protect")}>
              {agent.protected ? <LockOpen aria-hidden /> : <Lock aria-hidden />}
              {agent.protected ? "Take the protection off…" : "Protect…"}
            </DropdownMenuItem>
          ) : null}
          <DropdownMenuItem onSelect={() => router.push(agentPath(agent.name, "access"))}>
            <Lock aria-hidden /> Who may do what
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {dialogs}
    </>
  );
};

export const UnpinButton = ({ agent }: { agent: AgentDetail }) => {
  const may = useCan("agents.rollBack");
  const { show, dialogs } = useActs(agent);
  return may ? (
    <>
      <Button size="sm" onClick={() => show("unpin")}>
        Unpin…
      </Button>
      {dialogs}
    </>
  ) : null;
};

export const ResumeButton = ({ agent }: { agent: AgentDetail }) => {
  const may = useCan("agents.scale");
  const { show, dialogs } = useActs(agent);
  return may && !agent.busy ? (
    <>
      <Button size="sm" onClick={() => show("resume")}>
        Resume…
      </Button>
      {dialogs}
    </>
  ) : null;
};

export const ScaleButton = ({ agent }: { agent: AgentDetail }) => {
  const { data: me } = useMe();
  const { show, dialogs } = useActs(agent);
  return agentActions(agent, (permission) => can(me, permission)).has("scale") ? (
    <>
      <Button size="sm" onClick={() => show("scale")}>
        <Scaling aria-hidden /> Change…
      </Button>
      {dialogs}
    </>
  ) : null;
};
