"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { readParam, type UrlChange, type UrlParam, type UrlParams, type UrlState, writeParam } from "./url-params.ts";

export * from "./url-params.ts";

const typingPauseMs = 300;

/** What the page's state says beyond the address, or beyond what the router has heard of it. */
let ahead: ReadonlyMap<string, string | null> = new Map();
let unwritten = false;
let pathname = "";
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

const setAhead = (next: ReadonlyMap<string, string | null>): void => {
  ahead = next;
  for (const listener of listeners) listener();
};

/**
 * Writes into the address what it lacks, at once. The router drops a navigation under way when the address is written
 * by hand, so nothing may be written after the act that begins one: see the listeners below.
 */
export const writeAddress = (history: "push" | "replace" = "replace"): void => {
  clearTimeout(timer);
  if (!unwritten) return;
  unwritten = false;
  const url = new URL(window.location.href);
  if (url.pathname !== pathname) {
    setAhead(new Map());
    return;
  }
  for (const [key, text] of ahead)
    if (text === null) url.searchParams.delete(key);
    else url.searchParams.set(key, text);
  if (url.href === window.location.href) return;
  window.history[history === "push" ? "pushState" : "replaceState"](null, "", url);
};

const writeNow = (): void => writeAddress();
const writeOnEnter = (event: KeyboardEvent): void => (event.key === "Enter" ? writeAddress() : undefined);
const forget = (): void => {
  clearTimeout(timer);
  unwritten = false;
  if (ahead.size > 0) setAhead(new Map());
};

const subscribe = (listener: () => void): (() => void) => {
  if (listeners.size === 0) {
    for (const type of ["pointerdown", "click"]) window.addEventListener(type, writeNow, true);
    window.addEventListener("keydown", writeOnEnter, true);
    window.addEventListener("pagehide", writeNow);
    window.addEventListener("popstate", forget);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    for (const type of ["pointerdown", "click"]) window.removeEventListener(type, writeNow, true);
    window.removeEventListener("keydown", writeOnEnter, true);
    window.removeEventListener("pagehide", writeNow);
    window.removeEventListener("popstate", forget);
    forget();
  };
};

const readAhead = (): ReadonlyMap<string, string | null> => ahead;
const none: ReadonlyMap<string, string | null> = new Map();
const readNone = (): ReadonlyMap<string, string | null> => none;

/** Forgets what the router has caught up with, and what somebody else has written otherwise since. */
const settle = (params: URLSearchParams): void => {
  if (ahead.size === 0 || unwritten) return;
  const address = new URLSearchParams(window.location.search);
  const rest = [...ahead].filter(([key, text]) => params.get(key) !== text && address.get(key) === text);
  if (rest.length < ahead.size) setAhead(new Map(rest));
};

type AnyParam = UrlParam<unknown> & { defaultValue?: unknown };

export type SetUrlState<P extends UrlParams> = (
  change: UrlChange<P>,
  options?: { history?: "push" | "replace" },
) => void;

/**
 * A page's state that lives in its address. Values that are not in the address are their defaults, or null; equal
 * values stay the same object. A change takes effect at once; the address is written at once too, or, for parameters
 * made `whileTyping`, when typing pauses or the person does something else.
 */
export const useUrlStates = <P extends UrlParams>(urlParams: P): [UrlState<P>, SetUrlState<P>] => {
  const params = useSearchParams();
  const path = usePathname();
  const store = useSyncExternalStore(subscribe, readAhead, readNone);
  const before = path === pathname ? store : none;
  const latest = useRef(urlParams);
  latest.current = urlParams;
  const known = useRef(new Map<string, { text: string; value: unknown }>());
  useEffect(() => settle(params), [params]);
  const texts = Object.entries(urlParams).map(([name, param]: [string, AnyParam]) => {
    const text = before.has(name) ? before.get(name) : params.get(name);
    const fallback = param.defaultValue === undefined ? null : param.serialize(param.defaultValue);
    return JSON.stringify([text ?? null, fallback]);
  });
  const key = texts.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts, by value, are all that the state is made of
  const state = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(urlParams).map(([name, param], n) => {
          const text = texts[n] ?? "";
          const last = known.current.get(name);
          const value = last?.text === text ? last.value : readParam(param, JSON.parse(text)[0]);
          known.current.set(name, { text, value });
          return [name, value];
        }),
      ) as UrlState<P>,
    [key],
  );
  const setState = useCallback<SetUrlState<P>>(
    (change, options) => {
      const next = new Map(ahead);
      let typed = true;
      for (const [name, value] of Object.entries(change)) {
        const param = latest.current[name];
        if (!param || value === undefined) continue;
        const text = writeParam(param, value);
        if (!param.typed && text !== textNow(name)) typed = false;
        next.set(name, text);
      }
      pathname = path;
      unwritten = true;
      setAhead(next);
      clearTimeout(timer);
      if (options?.history === "push") writeAddress("push");
      else if (typed) timer = setTimeout(writeNow, typingPauseMs);
      else writeAddress();
    },
    [path],
  );
  return [state, setState];
};

const textNow = (key: string): string | null =>
  ahead.has(key) ? (ahead.get(key) ?? null) : new URLSearchParams(window.location.search).get(key);

/** One parameter of the address; see `useUrlStates`. */
export const useUrlState = <P extends UrlParam<unknown>>(
  name: string,
  param: P,
): [
  UrlState<{ value: P }>["value"],
  (value: UrlChange<{ value: P }>["value"] | null, options?: { history?: "push" | "replace" }) => void,
] => {
  const [state, setState] = useUrlStates({ [name]: param });
  const set = useCallback(
    (value: unknown, options?: { history?: "push" | "replace" }) =>
      setState({ [name]: value } as UrlChange<Record<string, P>>, options),
    [name, setState],
  );
  return [state[name] as never, set];
};
