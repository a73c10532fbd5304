import { z } from "zod";
import { Audit, CareReport } from "./care.ts";
import { IndexSlug } from "./ids.ts";
import { defineRoute } from "./route.ts";

const indexParams = z.object({ index: IndexSlug });

/** The care of an index: what was checked, repaired and compacted, and what it takes. */
export const careRoutes = {
  "care.report": defineRoute({
    group: "care",
    summary: "See the checks, the upkeep and the storage of an index",
    permission: "care.read",
    params: indexParams,
    response: CareReport,
    successStatus: 200,
  }),
  "care.audit": defineRoute({
    group: "care",
    summary: "Check an index now: rows, objects and tables; what differs is repaired",
    permission: "care.repair",
    params: indexParams,
    response: Audit,
    successStatus: 200,
    throttle: { ratePerSecond: 2, burst: 5 },
  }),
} as const;
