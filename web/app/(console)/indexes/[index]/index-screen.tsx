"use client";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { IndexFrame } from "../../../../features/indexes/index-frame.tsx";
import { useLiveEvents } from "../../../../lib/live-hub.ts";
import { useCan } from "../../../../lib/me.ts";

/** The frame of an index's pages, kept up with what others do by the timeline. */
export const IndexScreen = ({ slug, children }: { slug: string; children: ReactNode }) => {
  const client = useQueryClient();
  useLiveEvents(useCan("events.read"), (events) => {
    const actions = events.filter((event) => event.index === slug).map((event) => event.action);
    const refresh = (prefix: string, keys: readonly (readonly string[])[]) => {
      if (!actions.some((action) => action.startsWith(prefix))) return;
      for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    };
    refresh("build.", [["builds", slug], ["indexes"]]);
    refresh("index.", [["indexes"]]);
    refresh("evaluation.", [
      ["evaluations", slug],
      ["builds", slug],
    ]);
    refresh("question.", [["questions", slug]]);
  });
  return <IndexFrame slug={slug}>{children}</IndexFrame>;
};
