"use client";
import { useEffect } from "react";
import { can, useMe } from "../../lib/me.ts";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { mayHaveStoredUploads, openUploads, useUploadQueue } from "./upload-hub.ts";

const UploadFollower = lazyPart(() => import("./upload-follower.tsx").then((module) => module.UploadFollower));

/**
 * Put once into the layout of all signed-in pages: shows the queue wherever the person is, and takes up what an
 * earlier page left. Costs the first page nothing but this file; the rest is loaded when the browser is idle.
 */
export const UploadDock = () => {
  const { data: me } = useMe();
  const queue = useUploadQueue();
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

  return queue ? <UploadFollower queue={queue} /> : null;
};
