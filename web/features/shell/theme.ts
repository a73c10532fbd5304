"use client";
import { useSyncExternalStore } from "react";
import { themeChanged as changed, themeKey as key } from "./theme-script.ts";

export type Theme = "system" | "light" | "dark";

let unkept: Theme | undefined;

const readTheme = (): Theme => {
  try {
    const kept = localStorage.getItem(key);
    return kept === "light" || kept === "dark" ? kept : (unkept ?? "system");
  } catch {
    return unkept ?? "system";
  }
};

/** Changes the theme of this page and of the browser's others; where the browser keeps nothing, of this page. */
export const setTheme = (theme: Theme): void => {
  unkept = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // The page still changes.
  }
  dispatchEvent(new CustomEvent(changed, { detail: theme }));
};

const subscribe = (listener: () => void): (() => void) => {
  const events = ["storage", changed];
  for (const event of events) addEventListener(event, listener);
  return () => {
    for (const event of events) removeEventListener(event, listener);
  };
};

/** The theme that was chosen. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, readTheme, () => "system");
