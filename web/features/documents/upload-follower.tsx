"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { refreshChanged } from "./refresh.ts";
import { useUploads } from "./upload-hub.ts";
import type { UploadQueue } from "./upload-queue.ts";

const UploadPanel = lazyPart(() => import("./upload-panel.tsx").then((module) => module.UploadPanel));

const refreshEveryMs = 800;

/** Follows the page's queue: lists are asked again as uploads settle, and the dock shows while there is something. */
export const UploadFollower = ({ queue }: { queue: UploadQueue }) => {
  const client = useQueryClient();
  const uploads = useUploads();

  useEffect(() => {
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What settled before this was drawn is asked for too: its code may come after a fast upload.
    for (const { index } of queue.getSnapshot().items) changed.add(index);
    const refresh = () => {
      timer = undefined;
      for (const one of changed) void refreshChanged(client, one);
      changed.clear();
    };
    if (changed.size > 0) timer = setTimeout(refresh, refreshEveryMs);
    queue.onSettled(({ index }) => {
      changed.add(index);
      timer ??= setTimeout(refresh, refreshEveryMs);
    });
    return () => clearTimeout(timer);
  }, [queue, client]);

  return uploads && uploads.items.length > 0 ? <UploadPanel queue={queue} uploads={uploads} /> : null;
};
