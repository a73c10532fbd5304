"use client";
import type { DocumentId } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { buildListOptions } from "../../lib/builds.ts";
import { MarkedText } from "../../lib/marked-text.tsx";
import { viewPath } from "../../lib/paths.ts";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { tryOptions } from "./queries.ts";
import { requestOf } from "./state.ts";

/** What the live build finds for a question, to be judged on the spot; leaves no trace in the log. */
export const QuestionHits = ({
  slug,
  text,
  judge,
}: {
  slug: string;
  text: string;
  judge: (documentId: DocumentId, name: string) => ReactNode;
}) => {
  const builds = useQuery(buildListOptions(slug));
  const live = builds.data?.find((one) => one.status === "live");
  const found = useQuery(tryOptions(slug, requestOf(text, "hybrid", live, null, [])));
  if (found.isError) return null;
  const hits = found.data?.hits.filter(
    (hit, at, all) => all.findIndex((one) => one.documentId === hit.documentId) === at,
  );
  return (
    <section aria-label="What searching finds" className="mt-6">
      <h3 className="font-medium">What searching finds now</h3>
      <p className="text-muted-foreground text-xs">The first documents of the live build. Say how right each one is.</p>
      {!hits ? (
        <LoadingRegion label="Searching" className="mt-2">
          <Skeleton className="h-40 w-full" />
        </LoadingRegion>
      ) : hits.length === 0 ? (
        <p className="mt-2 rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
          It finds nothing.
        </p>
      ) : (
        <ol className="mt-2 divide-y rounded-lg border bg-card">
          {hits.map((hit) => (
            <li key={hit.documentId} className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-3 py-2 text-sm">
              <div className="min-w-0 flex-1 basis-64">
                <Link
                  href={viewPath(hit.documentId, { version: hit.versionId, passage: hit.passageId, q: text })}
                  prefetch={false}
                  className="block truncate font-medium hover:underline"
                >
                  {hit.title}
                </Link>
                <p className="line-clamp-2 text-muted-foreground text-xs">
                  <MarkedText text={hit.text} marks={hit.marks} start={hit.fragment.start} end={hit.fragment.end} />
                </p>
              </div>
              {judge(hit.documentId, hit.name)}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
