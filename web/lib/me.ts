import type { Me, Permission } from "@samla/contracts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import { callApi } from "./api.ts";

export type Person = z.infer<typeof Me>;

export const meKeys = { all: ["me"] as const };

const retryEveryMs = 5_000;

export const meQueryOptions = () =>
  queryOptions({
    queryKey: meKeys.all,
    queryFn: ({ signal }) => callApi("platform.me", { signal }),
    staleTime: 60_000,
    // Without it the console knows no panels, so it keeps asking until it is told.
    refetchInterval: (query) => (query.state.status === "error" ? retryEveryMs : false),
  });

/** Who is signed in, with roles, permissions and upload limits. The server has filled it, so it is there at once. */
export const useMe = () => useQuery(meQueryOptions());

/** True when the person may do it. A hint for what to show; the server decides again. */
export const can = (me: Pick<Person, "permissions"> | undefined, permission: Permission): boolean =>
  me?.permissions.includes(permission) ?? false;

export const useCan = (permission: Permission): boolean => can(useMe().data, permission);
