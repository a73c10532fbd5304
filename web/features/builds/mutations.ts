import type { BuildConfig, BuildId, IndexSlug, PromoteBuildBody, RollBackIndexBody } from "@samla/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { callApi } from "../../lib/api.ts";
import { toastError } from "../../lib/query-error.tsx";
import { buildKeys } from "./keys.ts";

/** After a change, everything that shows builds of the index or which one is live is asked for again. */
const useRefresh = (slug: string) => {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: buildKeys.of(slug) }),
      client.invalidateQueries({ queryKey: ["indexes"] }),
    ]);
};

export type BuildVerb = "pause" | "resume" | "cancel" | "retry" | "delete";

/** Does one thing to a build; says so when it was refused. */
export const useBuildVerb = (slug: string) => {
  const refresh = useRefresh(slug);
  return useMutation({
    mutationFn: async ({ verb, buildId }: { verb: BuildVerb; buildId: string }): Promise<void> => {
      await callApi(`builds.${verb}`, { params: { index: slug as IndexSlug, buildId: buildId as BuildId } });
    },
    onSettled: refresh,
    onError: toastError,
  });
};

/** Starts a candidate. `idempotencyKey` is made once for each content, so that trying again starts it once. */
export const useCreateBuild = (slug: string) => {
  const refresh = useRefresh(slug);
  return useMutation({
    mutationFn: (input: { config: BuildConfig; note: string; idempotencyKey: string }) =>
      callApi("builds.create", {
        params: { index: slug as IndexSlug },
        body: { config: input.config, note: input.note },
        idempotencyKey: input.idempotencyKey,
      }),
    onSuccess: refresh,
  });
};

/** Makes a build live. Refused when another one became live since `expectedLiveBuildId` was looked at. */
export const usePromoteBuild = (slug: string) => {
  const refresh = useRefresh(slug);
  return useMutation({
    mutationFn: (input: { buildId: string; body: z.input<typeof PromoteBuildBody>; idempotencyKey: string }) =>
      callApi("builds.promote", {
        params: { index: slug as IndexSlug, buildId: input.buildId as BuildId },
        body: input.body,
        idempotencyKey: input.idempotencyKey,
      }),
    onSettled: refresh,
  });
};

export const useRollBackIndex = (slug: string) => {
  const refresh = useRefresh(slug);
  return useMutation({
    mutationFn: (input: { body: z.input<typeof RollBackIndexBody>; idempotencyKey: string }) =>
      callApi("indexes.rollBack", {
        params: { index: slug as IndexSlug },
        body: input.body,
        idempotencyKey: input.idempotencyKey,
      }),
    onSettled: refresh,
  });
};
