import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { isTyping } from "./keyboard.ts";
import type { NavigationItem } from "./navigation.ts";

/** Focuses the search box of the page, if it has one. Pages mark theirs with `data-search-input`. */
export const focusSearchInput = (): boolean => {
  const input = document.querySelector<HTMLInputElement>("input[data-search-input]");
  if (!input) return false;
  input.focus();
  input.select();
  return true;
};

/** Ctrl-K, `/`, `?` and "g then a letter". Does nothing while an input has the focus, except Ctrl-K. */
export const useShortcuts = ({
  items,
  onPalette,
  onHelp,
}: {
  items: readonly NavigationItem[];
  onPalette: () => void;
  onHelp: () => void;
}): void => {
  const router = useRouter();
  useEffect(() => {
    let awaitingSince = 0;
    const handle = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onPalette();
        return;
      }
      const inDialog = document.querySelector("[role=dialog],[role=alertdialog],[role=menu]") !== null;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || inDialog) return;
      const item = performance.now() - awaitingSince < 1200 && items.find(({ key }) => key === event.key);
      awaitingSince = event.key === "g" ? performance.now() : 0;
      if (item) {
        event.preventDefault();
        event.stopImmediatePropagation();
        router.push(item.href);
      } else if (event.key === "/") {
        event.preventDefault();
        if (!focusSearchInput()) router.push("/search");
      } else if (event.key === "?") {
        event.preventDefault();
        onHelp();
      }
    };
    window.addEventListener("keydown", handle, { capture: true });
    return () => window.removeEventListener("keydown", handle, { capture: true });
  }, [items, onPalette, onHelp, router]);
};
