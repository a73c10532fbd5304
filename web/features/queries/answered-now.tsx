"use client";
import type { BuildId, IndexSlug } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed } from "lucide-react";
import Link from "next/link";
import { callApi } from "../../lib/api.ts";
import { buildListOptions } from "../../lib/builds.ts";
import { useCan } from "../../lib/me.ts";
import { documentPath } from "../../lib/paths.ts";
import { queryKeys } from "./keys.ts";

const askAgainAfterMs = 60_000;

/** Whether a search that once found nothing finds something today, asked of the live build: the gap closes by itself. */
export const AnsweredNow = ({ slug, text }: { slug: string; text: string }) => {
  const mayTry = useCan("builds.read");
  const builds = useQuery({ ...buildListOptions(slug), enabled: mayTry });
  const liveId: BuildId | undefined = builds.data?.find((one) => one.status === "live")?.id;
  const answer = useQuery({
    queryKey: queryKeys.answered(slug, liveId ?? "", text),
    queryFn: async ({ signal }) =>
      liveId
        ? await callApi("search.try", {
            params: { index: slug as IndexSlug },
            body: { q: text, buildId: liveId, limit: 1 },
            signal,
          })
        : null,
    enabled: mayTry && liveId !== undefined,
    staleTime: askAgainAfterMs,
    retry: false,
  });
  if (!answer.data) return null;
  const [hit] = answer.data.hits;
  if (!hit)
    return (
      <span
        className="inline-flex shrink-0 items-center gap-1 text-muted-foreground text-xs"
        title="It finds nothing today either"
      >
        <CircleDashed className="size-3.5" aria-hidden /> open
      </span>
    );
  return (
    <span className="inline-flex min-w-0 max-w-40 shrink items-center gap-1 text-success text-xs">
      <CircleCheck className="size-3.5 shrink-0" aria-hidden />
      <span className="sr-only">finds today</span>
      <Link
        href={documentPath(hit.documentId)}
        prefetch={false}
        title={`Today it finds ${hit.name}`}
        className="truncate py-1 hover:underline"
      >
        {hit.name}
      </Link>
    </span>
  );
};
