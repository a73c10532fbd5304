"use client";
import { useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import Link from "next/link";
import { viewPath } from "../../lib/paths.ts";
import { useDebounced } from "../../lib/use-debounced.ts";
import { suggestQueryOptions } from "./queries.ts";

/** Documents and their parts that go by the typed name, in room that is there anyway, so that nothing moves when they come. */
export const Suggestions = ({ q, index }: { q: string; index: string[] }) => {
  const { data } = useQuery(suggestQueryOptions(useDebounced(q, 120), index));
  return (
    <nav
      aria-label="Documents by name"
      className="mr-auto hidden h-6 min-w-0 flex-1 flex-wrap gap-1.5 overflow-hidden md:flex"
    >
      {data?.suggestions.map((one) => (
        <Link
          key={`${one.documentId} ${one.text}`}
          href={viewPath(one.documentId, { q: one.text })}
          prefetch={false}
          title={one.text}
          className="inline-flex h-6 min-w-0 max-w-44 items-center gap-1 rounded-md border bg-card px-1.5 hover:bg-accent focus-visible:outline-offset-[-2px]"
        >
          <FileText className="size-3 shrink-0 text-muted-foreground" aria-hidden />
          <span className="truncate">{one.text}</span>
        </Link>
      ))}
    </nav>
  );
};
