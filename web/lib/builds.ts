import type { Build, IndexSlug } from "@samla/contracts";
import { queryOptions } from "@tanstack/react-query";
import { formatMoment } from "../ui/time.ts";
import { callApi } from "./api.ts";

/** What people call a build: its note, else when it was made. */
export const buildTitle = (build: Pick<Build, "note" | "createdAt">): string =>
  build.note.split("\n")[0]?.trim() || `Build of ${formatMoment(new Date(build.createdAt))}`;

const fillingEveryMs = 1000;
const restingEveryMs = 15_000;

/** Progress is asked for while there is some; what others do comes by the timeline, or a little later. */
export const refreshEvery = (builds: readonly Pick<Build, "status">[] | undefined): number =>
  builds?.some((build) => build.status === "building") ? fillingEveryMs : restingEveryMs;

/** All builds of an index; retention keeps them few. */
export const buildListOptions = (slug: string) =>
  queryOptions({
    queryKey: ["builds", slug, "list"],
    queryFn: async ({ signal }) =>
      (await callApi("builds.list", { params: { index: slug as IndexSlug }, query: { limit: 200 }, signal })).items,
    refetchInterval: (query) => refreshEvery(query.state.data),
  });
