"use client";
import { useMemo } from "react";
import { flagParam, oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { type DocumentFilter, filterOptions } from "./filter.ts";

const parsers = {
  index: textParam,
  status: oneOfParam(filterOptions.status),
  kind: oneOfParam(filterOptions.kind),
  tag: textParam,
  q: textParam.withDefault(""),
  deleted: flagParam.withDefault(false),
  sort: oneOfParam(filterOptions.sort).withDefault("updated"),
  order: oneOfParam(["asc", "desc"]).withDefault("desc"),
};

/** The list's filter, held by the URL. Without an index in the URL it is the first that the person may read. */
export const useDocumentFilter = (
  firstIndex: string | undefined,
): { filter: DocumentFilter; change: (change: Partial<DocumentFilter>) => void } => {
  const [state, setState] = useUrlStates(parsers);
  const filter = useMemo(() => ({ ...state, index: state.index ?? firstIndex ?? "" }), [state, firstIndex]);
  return {
    filter,
    change: (change) => setState(change, { history: change.index === undefined ? "replace" : "push" }),
  };
};
