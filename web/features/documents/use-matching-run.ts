"use client";
import type { Document } from "@samla/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { callApi } from "../../lib/api.ts";
import { can, useMe } from "../../lib/me.ts";
import { documentActions } from "./actions.ts";
import type { DocumentFilter } from "./filter.ts";
import { collectMatching } from "./matching.ts";
import { type BatchAction, type BatchInput, type BatchOutcome, runBatch } from "./mutations.ts";
import { refreshChanged, reloadLists } from "./refresh.ts";

/** Readers are not among them: whom a document is opened to is chosen in sight of the documents. */
export type MatchingOrder = { action: Exclude<BatchAction, "access">; tags?: string[] };
export type MatchingRun = { action: BatchAction; phase: "finding" | "doing"; done: number; total: number };
export type MatchingEnd = {
  input: BatchInput;
  outcome: BatchOutcome;
  /** Those that the action does not fit, such as reading again what is being read. */
  passedOver: number;
  isStopped: boolean;
  isWhole: boolean;
};

/** Does one thing to all documents that fit a filter, in pieces, with progress; it can be stopped between two pieces. */
export const useMatchingRun = (filter: DocumentFilter) => {
  const client = useQueryClient();
  const { data: me } = useMe();
  const [run, setRun] = useState<MatchingRun>();
  const stopped = useRef(false);
  // Whoever leaves the page ends it: nothing goes on that nobody sees.
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  const start = async (order: MatchingOrder): Promise<MatchingEnd> => {
    const { action } = order;
    const isStopped = () => stopped.current;
    stopped.current = false;
    setRun({ action, phase: "finding", done: 0, total: 0 });
    try {
      const { documents, isWhole } = await collectMatching(filter, {
        list: (query) => callApi("documents.list", { query }),
        onFound: (total) => setRun({ action, phase: "finding", done: 0, total }),
        isStopped,
      });
      const fitting = documents.filter((document) => fits(document, action, me));
      setRun({ action, phase: "doing", done: 0, total: fitting.length });
      const input: BatchInput = { ...order, documents: fitting };
      const outcome = await runBatch(input, {
        isStopped,
        onDone: (done) => setRun({ action, phase: "doing", done, total: fitting.length }),
      });
      return { input, outcome, passedOver: documents.length - fitting.length, isStopped: isStopped(), isWhole };
    } finally {
      setRun(undefined);
      void refreshChanged(client, filter.index);
      void reloadLists(client, filter.index);
    }
  };
  const stop = () => {
    stopped.current = true;
  };
  return { run, start, stop };
};

const fits = (document: Document, action: BatchAction, me: Parameters<typeof can>[0]): boolean =>
  documentActions(document, (permission) => can(me, permission), Date.now()).has(action === "untag" ? "tag" : action);
