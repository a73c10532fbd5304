"use client";
import { CloudOff } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { agentPath } from "../../lib/paths.ts";
import { problemOfError } from "../../lib/problem.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { syncAgentName } from "./queries.ts";

/** Codes by which gateway, balancer and BFF say that no task of the agent takes requests. */
const awayCodes = new Set(["unavailable", "timeout"]);

/** Reports are kept by the agent itself, so without a task of it there is nobody to ask. */
export const SyncAway = ({
  error,
  onRetry,
  retrying,
  actions,
}: {
  error: unknown;
  onRetry: () => void;
  retrying: boolean;
  actions?: ReactNode;
}) => {
  const problem = problemOfError(error);
  const isAway =
    problem !== undefined &&
    (awayCodes.has(problem.code) || (problem.code === "not_found" && !/run|index/.test(problem.detail)));
  if (!isAway) return <QueryError error={error} onRetry={onRetry} retrying={retrying} actions={actions} />;
  return (
    <EmptyState
      icon={CloudOff}
      title="No task of sync answers"
      actions={
        <>
          <Button busy={retrying} onClick={onRetry}>
            Try again
          </Button>
          <Button asChild>
            <Link href={agentPath(syncAgentName, "tasks?state=stopped")}>Why its tasks stopped</Link>
          </Button>
        </>
      }
    >
      The reports of all runs are safe, but the agent itself tells them. It is paused, not released, or just starting:
      the line at the top of this page says which.
    </EmptyState>
  );
};
