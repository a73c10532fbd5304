import type { LogLevel } from "@samla/contracts";
import { useEffect, useRef, useState } from "react";
import { listenLive, sendLive } from "../../lib/live-hub.ts";
import { LogTail, type TailView } from "./log-tail.ts";

const off: TailView = { state: "off", lines: [], skipped: 0, refusal: undefined };

/**
 * The live tail of a log while `isOn`: what was written after the place `after`, as it is when the tail begins, and how
 * the connection is. It goes on by itself after a break.
 */
export const useLogTail = (
  query: { agent: string; taskId: string | null; q: string; level: LogLevel | null },
  after: string | undefined,
  isOn: boolean,
): TailView => {
  const [view, setView] = useState(off);
  const begin = useRef(after);
  useEffect(() => {
    begin.current = after;
  });
  const { agent, taskId, q, level } = query;
  useEffect(() => {
    setView(off);
    if (!isOn) return;
    const tail = new LogTail(
      { agent, ...(taskId ? { taskId } : {}), ...(q ? { q } : {}), ...(level ? { level } : {}) },
      begin.current,
      { send: sendLive, onView: setView },
    );
    const leave = listenLive(
      (data) => tail.receive(data),
      (isLive) => tail.setLive(isLive),
    );
    return () => {
      tail.stop();
      leave();
    };
  }, [agent, taskId, q, level, isOn]);
  return view;
};
