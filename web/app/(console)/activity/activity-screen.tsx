"use client";
import { useQuery } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import { ActivityPanel } from "../../../features/activity/activity-panel.tsx";
import { indexListOptions } from "../../../features/indexes/queries.ts";
import { useCan } from "../../../lib/me.ts";
import { EmptyState } from "../../../ui/empty-state.tsx";

/** The timeline, with the indexes to narrow it by. */
export const ActivityScreen = () => {
  const mayRead = useCan("events.read");
  const indexes = useQuery(indexListOptions());
  if (!mayRead)
    return (
      <EmptyState icon={ShieldAlert} title="The timeline is for editors, operators and administrators">
        Ask an administrator for one of these roles if you need it.
      </EmptyState>
    );
  return <ActivityPanel indexes={indexes.data ?? []} />;
};
