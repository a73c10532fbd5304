"use client";
import type { TimelineEvent } from "@samla/contracts";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { callApi } from "./api.ts";
import { LiveConnection, type LiveSocket, type LiveState } from "./live-connection.ts";

type Listener = (events: readonly TimelineEvent[]) => void;

const listeners = new Set<Listener>();
const messageListeners = new Set<(data: string) => void>();
const stateListeners = new Set<() => void>();
const off: LiveState = { kind: "off" };
/** Going from one page to the next must not cost a connection. */
const lingerMs = 5000;
let linger: ReturnType<typeof setTimeout> | undefined;
let connection: LiveConnection | undefined;

const openSocket = (url: string): LiveSocket => {
  const real = new WebSocket(url);
  const socket: LiveSocket = {
    send: (text) => (real.readyState === WebSocket.OPEN ? real.send(text) : undefined),
    close: () => real.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  };
  real.onopen = () => socket.onopen?.();
  real.onmessage = (message: MessageEvent<unknown>) => socket.onmessage?.({ data: message.data });
  real.onclose = () => socket.onclose?.();
  return socket;
};

/** One connection for all that listens on this page. */
const getConnection = (): LiveConnection => {
  connection ??= new LiveConnection(
    {
      askTicket: () => callApi("events.ticket"),
      openSocket,
      listAfter: (after, cursor) =>
        callApi("events.list", { query: { after, limit: 200, ...(cursor ? { cursor } : {}) } }),
      now: () => Date.now(),
      random: Math.random,
    },
    (events) => {
      for (const listener of listeners) listener(events);
    },
    () => {
      for (const listener of stateListeners) listener();
    },
    (data) => {
      for (const listener of messageListeners) listener(data);
    },
  );
  return connection;
};

const listen = <T>(to: Set<T>, listener: T): (() => void) => {
  const live = getConnection();
  clearTimeout(linger);
  to.add(listener);
  live.start();
  return () => {
    to.delete(listener);
    if (listeners.size + messageListeners.size > 0) return;
    linger = setTimeout(() => live.stop(), lingerMs);
  };
};

/**
 * The same connection for other messages: `onMessage` gets what is sent besides the timeline, `onLive` whether the
 * connection is there, at once and at each change. Ends with the function it gives.
 */
export const listenLive = (onMessage: (data: string) => void, onLive: (isLive: boolean) => void): (() => void) => {
  const live = getConnection();
  const tell = () => onLive(live.state.kind === "live");
  stateListeners.add(tell);
  const stop = listen(messageListeners, onMessage);
  tell();
  return () => {
    stateListeners.delete(tell);
    stop();
  };
};

/** A message to the server; dropped while the connection is not there. */
export const sendLive = (message: object): void => connection?.send(message);

const subscribeState = (listener: () => void): (() => void) => {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
};

/** Calls `onEvents` with what happens, while `isEnabled`. All users share one connection. */
export const useLiveEvents = (isEnabled: boolean, onEvents: Listener): void => {
  const latest = useRef(onEvents);
  useEffect(() => {
    latest.current = onEvents;
  });
  useEffect(() => {
    if (!isEnabled) return;
    const stop = listen<Listener>(listeners, (events) => latest.current(events));
    const retry = () => connection?.retryNow();
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("online", retry);
      stop();
    };
  }, [isEnabled]);
};

/** Tells the connection what the page knows already, so that nothing in between is missed. */
export const seedLiveEvents = (newestId: string): void => getConnection().seed(newestId);

export const retryLiveNow = (): void => connection?.retryNow();

export const useLiveState = (): LiveState =>
  useSyncExternalStore(
    subscribeState,
    () => connection?.state ?? off,
    () => off,
  );
