"use client";
import type { Document, IndexSlug } from "@samla/contracts";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { FileText, Plus } from "lucide-react";
import { useId, useState } from "react";
import { Input } from "../ui/input.tsx";
import { callApi } from "./api.ts";
import { useDebounced } from "./use-debounced.ts";

const shownMax = 6;

const foundOptions = (slug: string, q: string) =>
  queryOptions({
    queryKey: ["document-picker", slug, q],
    queryFn: async ({ signal }): Promise<Document[]> =>
      (await callApi("documents.list", { query: { index: slug as IndexSlug, q, limit: shownMax }, signal })).items,
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** Name of a document; the id's end while it is not known, and for one that is gone. */
export const useDocumentName = (documentId: string, known?: string): string => {
  const { data } = useQuery({
    queryKey: ["document-name", documentId],
    queryFn: async ({ signal }) =>
      (await callApi("documents.get", { params: { documentId: documentId as Document["id"] }, signal })).name,
    enabled: known === undefined,
    staleTime: 5 * 60_000,
    retry: false,
  });
  return known ?? data ?? `…${documentId.slice(-6)}`;
};

/** Finds documents of an index by a part of their name or folder and hands over the one chosen. */
export const DocumentPicker = ({
  slug,
  label,
  chosen,
  onPick,
}: {
  slug: string;
  label: string;
  /** Not offered again. */
  chosen: readonly string[];
  onPick: (document: Document) => void;
}) => {
  const id = useId();
  const [text, setText] = useState("");
  const q = useDebounced(text.trim(), 150);
  const found = useQuery(foundOptions(slug, q));
  const rows = q === "" || text.trim() === "" ? [] : (found.data ?? []).filter((one) => !chosen.includes(one.id));
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Input
        id={id}
        value={text}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      {rows.length > 0 ? (
        <ul aria-label="Documents found" className="grid rounded-md border bg-card p-1">
          {rows.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                onClick={() => {
                  onPick(one);
                  setText("");
                }}
                className="flex min-h-7 w-full items-center gap-2 rounded-sm px-2 text-left text-sm hover:bg-accent"
              >
                <FileText className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
                <span className="min-w-0 flex-1 truncate">{one.path ? `${one.path}/${one.name}` : one.name}</span>
                <Plus className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : q !== "" && found.data && !found.isFetching ? (
        <p className="text-muted-foreground text-xs">No other document has this in its name or folder.</p>
      ) : null}
    </div>
  );
};
