"use client";
import { useQueryClient } from "@tanstack/react-query";
import { AgentsPanel } from "../../../features/agents/agents-panel.tsx";
import { useLiveEvents } from "../../../lib/live-hub.ts";
import { useCan } from "../../../lib/me.ts";

/** The list of agents, kept up with what others do by the timeline. */
export const AgentsScreen = () => {
  const client = useQueryClient();
  useLiveEvents(useCan("events.read"), (events) => {
    if (events.some((event) => event.agent !== undefined))
      void client.invalidateQueries({ queryKey: ["agents", "list"] });
  });
  return <AgentsPanel />;
};
