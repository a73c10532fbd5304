"use client";
import { type ComponentType, createElement, lazy, type ReactNode, Suspense } from "react";

/**
 * A part whose code is loaded when it is first drawn; `loading` stands in its place meanwhile. For parts that a person
 * asks for: the server draws none of them. The framework's own way does more, and each page would carry it.
 */
export const lazyPart = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  loading: ReactNode = null,
): ComponentType<Props> => {
  const Part: ComponentType<Props> = lazy(async () => ({ default: await load() }));
  // biome-ignore lint/correctness/noComponentHookFactories: made once, where the module is loaded
  const Lazy = (props: Props) => <Suspense fallback={loading}>{createElement(Part, props)}</Suspense>;
  return Lazy;
};
