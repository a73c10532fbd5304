import type { CreateIndexBody, PatchIndexBody } from "@samla/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { callApi } from "../../lib/api.ts";
import { indexKeys } from "./keys.ts";

/** Creates an index. `idempotencyKey` is made once for each opened form, so that trying again creates it once. */
export const useCreateIndex = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { body: z.input<typeof CreateIndexBody>; idempotencyKey: string }) =>
      callApi("indexes.create", input),
    onSuccess: () => client.invalidateQueries({ queryKey: indexKeys.all }),
  });
};

/** Changes settings, if nobody else did since `revision`; throws `precondition_failed` otherwise. */
export const usePatchIndex = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { body: z.input<typeof PatchIndexBody>; revision: number }) =>
      callApi("indexes.patch", { params: { index: slug }, body: input.body, ifMatch: `"${input.revision}"` }),
    onSuccess: () => client.invalidateQueries({ queryKey: indexKeys.all }),
  });
};

export const useDeleteIndex = (slug: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => callApi("indexes.delete", { params: { index: slug }, query: { confirm: slug } }),
    onSuccess: async () => {
      client.removeQueries({ queryKey: indexKeys.one(slug) });
      await client.invalidateQueries({ queryKey: indexKeys.list });
    },
  });
};
