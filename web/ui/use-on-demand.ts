"use client";
import { useState } from "react";

/**
 * A part whose code is loaded when it is asked for, or ahead of it when the pointer or the focus comes near. `Part` is
 * there once it was asked for and has come. Held as state, not suspended on: what stands in its place would vanish meanwhile.
 */
export const useOnDemand = <Part>(load: () => Promise<Part>) => {
  const [isAsked, setAsked] = useState(false);
  const [loaded, setLoaded] = useState<{ Part: Part }>();
  return {
    Part: loaded?.Part,
    isAsked,
    ask: (): void => {
      setAsked(true);
      void load().then(
        (Part) => setLoaded({ Part }),
        () => setAsked(false),
      );
    },
    comeNear: (): void => void load().catch(() => undefined),
  };
};
