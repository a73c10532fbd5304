"use client";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { type DocumentFilter, filterOptions } from "./filter.ts";

const parsers = {
  index: parseAsString,
  status: parseAsStringLiteral(filterOptions.status),
  kind: parseAsStringLiteral(filterOptions.kind),
  tag: parseAsString,
  q: parseAsString.withDefault(""),
  deleted: parseAsBoolean.withDefault(false),
  sort: parseAsStringLiteral(filterOptions.sort).withDefault("updated"),
  order: parseAsStringLiteral(["asc", "desc"]).withDefault("desc"),
};

/** The list's filter, held by the URL. Without an index in the URL it is the first that the person may read. */
export const useDocumentFilter = (
  firstIndex: string | undefined,
): { filter: DocumentFilter; change: (change: Partial<DocumentFilter>) => void } => {
  const [state, setState] = useQueryStates(parsers, { history: "replace" });
  const filter = useMemo(() => ({ ...state, index: state.index ?? firstIndex ?? "" }), [state, firstIndex]);
  return {
    filter,
    change: (change) => void setState(change, { history: change.index === undefined ? "replace" : "push" }),
  };
};
