"use client";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { AgentFrame } from "../../../../features/agents/agent-frame.tsx";
import { useLiveEvents } from "../../../../lib/live-hub.ts";
import { useCan } from "../../../../lib/me.ts";

/** The frame of an agent's pages, kept up with what others do by the timeline. */
export const AgentScreen = ({ agent, children }: { agent: string; children: ReactNode }) => {
  const client = useQueryClient();
  useLiveEvents(useCan("events.read"), (events) => {
    if (!events.some((event) => event.agent === agent)) return;
    for (const queryKey of [["agents"], ["images"]]) void client.invalidateQueries({ queryKey });
  });
  return <AgentFrame name={agent}>{children}</AgentFrame>;
};
