"use client";
import { type RefObject, useEffect, useState } from "react";
import { entriesOfDrop, filesOfInput } from "./folder-walk.ts";
import type { FileSource } from "./use-add-files.ts";

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));
const isCovered = (): boolean => document.querySelector("[role=dialog],[role=alertdialog],[role=menu]") !== null;

/**
 * Lets the whole page take files: by drop, by paste, and by the key `u` for the file dialog.
 * Returns true while files are held over the page.
 */
export const usePageUploads = (
  isEnabled: boolean,
  add: (source: FileSource) => unknown,
  fileInput: RefObject<HTMLInputElement | null>,
): boolean => {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    if (!isEnabled) return;
    const controller = new AbortController();
    const { signal } = controller;
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setIsOver(false);
    };
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setIsOver(false);
      void add({ dropped: entriesOfDrop(event.dataTransfer.items) });
    };
    const paste = (event: ClipboardEvent) => {
      const files = event.clipboardData?.files;
      if (!files?.length) return;
      event.preventDefault();
      void add(filesOfInput(files));
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "u" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isCovered()) return;
      event.preventDefault();
      fileInput.current?.click();
    };
    window.addEventListener("dragenter", enter, { signal });
    window.addEventListener("dragleave", leave, { signal });
    window.addEventListener("dragover", over, { signal });
    window.addEventListener("drop", drop, { signal });
    window.addEventListener("paste", paste, { signal });
    window.addEventListener("keydown", key, { signal });
    return () => {
      controller.abort();
      setIsOver(false);
    };
  }, [isEnabled, add, fileInput]);
  return isOver;
};
