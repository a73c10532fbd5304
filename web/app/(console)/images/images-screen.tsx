"use client";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useLiveEvents } from "../../../lib/live-hub.ts";
import { useCan } from "../../../lib/me.ts";

/** Pages of images, kept up with pushes, scans and releases by the timeline. */
export const ImagesScreen = ({ children }: { children: ReactNode }) => {
  const client = useQueryClient();
  useLiveEvents(useCan("events.read"), (events) => {
    if (events.some((event) => event.agent !== undefined)) void client.invalidateQueries({ queryKey: ["images"] });
  });
  return children;
};
