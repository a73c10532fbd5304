import type { LogLine, TailMessage } from "@samla/contracts";
import { useEffect, useState } from "react";
import { logTailHref } from "../../lib/agents-api.ts";

export type TailState = "off" | "connecting" | "live" | "waiting";

const keptLinesMax = 2000;
const retryMs = 3000;

/** Fresh lines behind those there are, each once, no more than can be looked at. */
export const addLines = (before: readonly LogLine[], fresh: readonly LogLine[]): readonly LogLine[] => {
  const known = new Set(before.slice(-fresh.length - 500).map(({ id }) => id));
  const added = fresh.filter(({ id }) => !known.has(id));
  return added.length === 0 ? before : [...before, ...added].slice(-keptLinesMax);
};

const parseTail = (data: unknown): TailMessage | undefined => {
  try {
    const message = JSON.parse(String(data)) as TailMessage;
    return message.type === "lines" || message.type === "end" ? message : undefined;
  } catch {
    return undefined;
  }
};

/** The live tail of a log while `isOn`: what was written since, and how the connection is. It begins again by itself. */
export const useLogTail = (agent: string, query: { taskId?: string; q?: string }, isOn: boolean) => {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [state, setState] = useState<TailState>("off");
  const [isSampled, setSampled] = useState(false);
  const address = logTailHref(agent, query);
  useEffect(() => {
    setLines([]);
    setSampled(false);
    if (!isOn) {
      setState("off");
      return;
    }
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      setState("connecting");
      source = new EventSource(address);
      source.onopen = () => setState("live");
      source.onmessage = ({ data }: MessageEvent<unknown>) => {
        const message = parseTail(data);
        if (message?.type === "lines") {
          setLines((before) => addLines(before, message.lines));
          if (message.sampled) setSampled(true);
        } else if (message?.type === "end") again();
      };
      source.onerror = () => again();
    };
    const again = () => {
      source?.close();
      setState("waiting");
      clearTimeout(retry);
      retry = setTimeout(open, retryMs);
    };
    open();
    return () => {
      source?.close();
      clearTimeout(retry);
    };
  }, [address, isOn]);
  return { lines, state, isSampled };
};
