"use client";
import type { IndexSlug } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { callApi } from "./api.ts";
import { formatDuration } from "./format.ts";
import { useCan } from "./me.ts";

/** How long uploads lately took until they were found: middle and slow end. Nothing for those who may not ask. */
export const useFreshness = (slug: string): { text: string; hint: string } | undefined => {
  const mayAsk = useCan("care.read");
  const report = useQuery({
    queryKey: ["care", slug],
    queryFn: ({ signal }) => callApi("care.report", { params: { index: slug as IndexSlug }, signal }),
    enabled: mayAsk,
    staleTime: 30_000,
  });
  const freshness = report.data?.freshness;
  if (!freshness) return undefined;
  return {
    text: formatDuration(freshness.p50Ms),
    hint: `p95 ${formatDuration(freshness.p95Ms)}, last ${freshness.documents}`,
  };
};

/** The time to search of one index in a list. */
export const FreshnessCell = ({ slug }: { slug: string }) => {
  const freshness = useFreshness(slug);
  return freshness ? (
    <>
      {freshness.text} <span className="block text-2xs text-muted-foreground">{freshness.hint}</span>
    </>
  ) : (
    <span className="text-muted-foreground">–</span>
  );
};
