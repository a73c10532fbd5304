import { useEffect } from "react";

const hits = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("a[data-hit]")];
const searchInput = (): HTMLInputElement | null => document.querySelector("input[data-search-input]");

/** Arrows and j/k walk through the hits, Escape goes back to the box. Enter opens, as hits are links. */
export const useHitKeys = (): void => {
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const target = event.target as HTMLElement | null;
      const inBox = target?.matches("input[data-search-input]") ?? false;
      if (!inBox && target?.closest("input,textarea,select,[role=dialog],[role=menu],[contenteditable]")) return;
      const all = hits();
      const at = all.indexOf(document.activeElement as HTMLElement);
      const step =
        event.key === "ArrowDown" || (event.key === "j" && !inBox)
          ? 1
          : event.key === "ArrowUp" || (event.key === "k" && !inBox)
            ? -1
            : 0;
      if (step !== 0) {
        if (at < 0 && (step < 0 || all.length === 0)) return;
        event.preventDefault();
        const next = all[at + step];
        if (next) {
          next.focus({ preventScroll: true });
          next.scrollIntoView({ block: "nearest" });
        } else if (step < 0) searchInput()?.focus();
      } else if (event.key === "Escape" && at >= 0) searchInput()?.focus();
      else if (event.key === "Enter" && inBox && all[0]) {
        event.preventDefault();
        all[0].focus({ preventScroll: true });
      }
    };
    window.addEventListener("keydown", handle);
    return () => window.removeEventListener("keydown", handle);
  }, []);
};
