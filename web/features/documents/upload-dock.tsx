"use client";
import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useEffect } from "react";
import { can, useMe } from "../../lib/me.ts";
import { refreshChanged } from "./refresh.ts";
import { mayHaveStoredUploads, openUploads, useUploadQueue, useUploads } from "./upload-hub.ts";

const UploadPanel = dynamic(() => import("./upload-panel.tsx").then((module) => module.UploadPanel), { ssr: false });

const refreshEveryMs = 800;

/**
 * Put once into the layout of all signed-in pages: shows the queue wherever the person is, and takes up what an
 * earlier page left. Costs the first page nothing but this file; the rest is loaded when the browser is idle.
 */
export const UploadDock = () => {
  const client = useQueryClient();
  const { data: me } = useMe();
  const queue = useUploadQueue();
  const uploads = useUploads();
  const userId = me && can(me, "documents.write") ? me.id : undefined;

  useEffect(() => {
    if (userId === undefined) return;
    const start = () =>
      void mayHaveStoredUploads()
        .then((may) => (may ? openUploads(userId) : undefined))
        .catch(() => undefined);
    if (typeof requestIdleCallback !== "function") {
      const timer = setTimeout(start, 1500);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(start, { timeout: 4000 });
    return () => cancelIdleCallback(handle);
  }, [userId]);

  useEffect(() => {
    if (!queue) return;
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    queue.onSettled(({ index }) => {
      changed.add(index);
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const one of changed) void refreshChanged(client, one);
        changed.clear();
      }, refreshEveryMs);
    });
    return () => clearTimeout(timer);
  }, [queue, client]);

  if (!queue || !uploads || uploads.items.length === 0) return null;
  return <UploadPanel queue={queue} uploads={uploads} />;
};
