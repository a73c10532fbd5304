import type { Audit, CareReport, IndexSlug } from "@samla/contracts";
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";

export const careKeys = { report: (slug: string) => ["care", slug] as const };

const checkingEveryMs = 2000;
const restingEveryMs = 30_000;

export const careOptions = (slug: string) =>
  queryOptions({
    queryKey: careKeys.report(slug),
    queryFn: ({ signal }): Promise<CareReport> =>
      callApi("care.report", { params: { index: slug as IndexSlug }, signal }),
    refetchInterval: (query) => (query.state.data?.audits[0]?.complete === false ? checkingEveryMs : restingEveryMs),
  });

/** Checks the index now. A large one goes on by itself after the answer. */
export const useAudit = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (): Promise<Audit> => callApi("care.audit", { params: { index: slug as IndexSlug } }),
    onSettled: () => client.invalidateQueries({ queryKey: careKeys.report(slug) }),
  });
};
