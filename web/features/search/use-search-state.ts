import { useMemo } from "react";
import { useUrlStates } from "../../lib/url-state.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { requestOf, searchParsers } from "./search-params.ts";

const typingDelayMs = 120;

/** The page's state in the URL, and the request it stands for once typing pauses. */
export const useSearchState = () => {
  const [state, setState] = useUrlStates(searchParsers);
  const q = useDebounced(state.q, typingDelayMs);
  const path = useDebounced(state.path, typingDelayMs);
  // An emptied box takes effect at once: there is nothing to wait for.
  const request = useMemo(
    () => requestOf({ ...state, q: state.q.trim() ? q : "", path: state.path ? path : "" }),
    [state, q, path],
  );
  return { state, setState, request };
};
export type SetSearchState = ReturnType<typeof useSearchState>["setState"];
