"use client";
import { useSyncExternalStore } from "react";
import type { ExternalToast } from "sonner";

let isAsked = false;
const listeners = new Set<() => void>();

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** True from the first toast on: what draws them need not be on the page before. */
export const useToastsAsked = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => isAsked,
    () => false,
  );

/** The library keeps what was said before it is drawn, so nothing is lost while its code loads. */
const say =
  (kind: "success" | "error" | "info") =>
  (message: string, options?: ExternalToast): void => {
    void import("sonner").then(
      (library) => {
        library.toast[kind](message, options);
        isAsked = true;
        for (const listener of listeners) listener();
      },
      () => undefined,
    );
  };

/** A word in the corner on what has just been done. Its code is loaded with the first one. */
export const toast = { success: say("success"), error: say("error"), info: say("info") };
