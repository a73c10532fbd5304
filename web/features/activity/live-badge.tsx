"use client";
import { Pause, Play, Radio, RotateCw, Unplug } from "lucide-react";
import { retryLiveNow, useLiveState } from "../../lib/live-hub.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";

/** Whether events arrive as they happen, and the switch that holds them back. */
export const LiveBadge = ({
  isPaused,
  heldBack,
  onPause,
}: {
  isPaused: boolean;
  heldBack: number;
  onPause: (isPaused: boolean) => void;
}) => {
  const state = useLiveState();
  return (
    <div className="flex items-center gap-2">
      <span role="status" className="flex">
        {state.kind === "live" ? (
          <Badge tone={isPaused ? "warning" : "success"}>
            <Radio aria-hidden /> {isPaused ? `Held back${heldBack > 0 ? `, ${heldBack} new` : ""}` : "Live"}
          </Badge>
        ) : state.kind === "waiting" ? (
          <Badge tone="warning">
            <Unplug aria-hidden /> Connection lost, trying again
          </Badge>
        ) : (
          <Badge tone="neutral">
            <Radio aria-hidden /> Connecting
          </Badge>
        )}
      </span>
      {state.kind === "waiting" ? (
        <Button size="sm" onClick={retryLiveNow}>
          <RotateCw aria-hidden /> Try now
        </Button>
      ) : (
        <Button size="sm" onClick={() => onPause(!isPaused)} aria-pressed={isPaused}>
          {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
          {isPaused ? "Resume" : "Pause"}
        </Button>
      )}
    </div>
  );
};
