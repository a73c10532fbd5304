import { useEffect } from "react";

/** n/p and Alt with the arrows step through hits, + and − zoom. Nothing happens while an input has the focus. */
export const useViewerKeys = (actions: {
  onNext: () => void;
  onPrevious: () => void;
  onZoom: (direction: 1 | -1) => void;
}): void => {
  const { onNext, onPrevious, onZoom } = actions;
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
      if (target?.closest("input,textarea,select,[role=dialog],[role=menu],[contenteditable]")) return;
      const action = event.altKey
        ? { ArrowRight: onNext, ArrowLeft: onPrevious, ArrowDown: onNext, ArrowUp: onPrevious }[event.key]
        : { n: onNext, p: onPrevious, "+": () => onZoom(1), "=": () => onZoom(1), "-": () => onZoom(-1) }[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", handle);
    return () => window.removeEventListener("keydown", handle);
  }, [onNext, onPrevious, onZoom]);
};
