import {
  type AccessChange,
  type Context,
  type Filter,
  isReadableBy,
  readersFilter,
  readingAs,
} from "../kernel/index.ts";
import { accessChangesMax } from "./access-changes.ts";

/** Documents that one query names to leave them out. */
const leftOutMax = 5_000;

export type AccessFilter = {
  /** What to add to the query; undefined when everything may be seen. */
  filter: Filter | undefined;
  /** False: so many documents' readers are being changed that totals, facets and spelling might count some of them. */
  isExact: boolean;
};

/** What to add to a query of this build of the index. */
export type AccessFilters = { of: (index: string, buildId: string) => AccessFilter };

/**
 * What the engine may let through for the principals, the actor's own unless others are given. A table carries a change of
 * readers only after its next commit, so documents on their way that they may not read are named and left out. Call it
 * before the table is read: then no change can slip between the two.
 */
export const accessFilters = async (
  ctx: Pick<Context, "catalog" | "actor">,
  principals: string[] | undefined = readingAs(ctx.actor),
): Promise<AccessFilters> => {
  const filter = readersFilter(principals);
  if (!filter) return { of: () => ({ filter, isExact: true }) };
  const changes = await ctx.catalog.listAccessChanges({ limit: accessChangesMax });
  const areAllKnown = changes.length < accessChangesMax;
  const hiding: AccessChange[] = changes.filter((change) => !isReadableBy(principals, change.readers));
  return {
    of: (index, buildId) => {
      const ids = hiding
        .filter((change) => change.index === index && !change.written.includes(buildId))
        .map((change) => change.documentId);
      if (ids.length === 0 || ids.length > leftOutMax) return { filter, isExact: areAllKnown && ids.length === 0 };
      return { filter: { and: [filter, { not: { in: ["document_id", ids] } }] }, isExact: areAllKnown };
    },
  };
};

/** All filters at once. */
export const joinFilters = (...filters: (Filter | undefined)[]): Filter | undefined => {
  const all = filters.filter((filter) => filter !== undefined);
  return all.length > 1 ? { and: all } : all[0];
};
