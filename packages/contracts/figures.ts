import { z } from "zod";

/** Figures of an evaluation: means over its questions, 0 to 1, and latencies of a search in milliseconds. */
export const Figures = z.object({
  ndcg10: z.number(),
  recall10: z.number(),
  recall100: z.number(),
  mrr: z.number(),
  /** Share of questions without any hit. */
  zeroResultRate: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
});
export type Figures = z.infer<typeof Figures>;
