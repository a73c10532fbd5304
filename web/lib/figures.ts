import type { Figures } from "@samla/contracts";
import { formatDuration } from "./format.ts";

type FigureName = keyof Figures;

/** Figures of an evaluation with their names, what they say, and which way is better. */
export const figureList: readonly { name: FigureName; label: string; hint: string; isHigherBetter: boolean }[] = [
  {
    name: "ndcg10",
    label: "nDCG@10",
    hint: "How good the first ten documents are and how well they are ordered; 1 is as good as can be.",
    isHigherBetter: true,
  },
  {
    name: "recall10",
    label: "Recall@10",
    hint: "Share of the right documents among the first ten.",
    isHigherBetter: true,
  },
  {
    name: "recall100",
    label: "Recall@100",
    hint: "Share of the right documents among the first hundred.",
    isHigherBetter: true,
  },
  { name: "mrr", label: "MRR", hint: "One divided by the place of the first right document.", isHigherBetter: true },
  {
    name: "zeroResultRate",
    label: "Without a hit",
    hint: "Share of the questions that find nothing.",
    isHigherBetter: false,
  },
  { name: "p50Ms", label: "Latency p50", hint: "Half of the searches take no longer.", isHigherBetter: false },
  { name: "p95Ms", label: "Latency p95", hint: "95 of 100 searches take no longer.", isHigherBetter: false },
];

const isTime = (name: FigureName): boolean => name === "p50Ms" || name === "p95Ms";

/** "0.612", "2.0 %", "14 ms". */
export const formatFigure = (name: FigureName, value: number): string =>
  isTime(name) ? formatDuration(value) : name === "zeroResultRate" ? `${(value * 100).toFixed(1)} %` : value.toFixed(3);

/** "+0.012" or "−3 ms" of a figure against another; "±0" when the difference does not show. */
export const formatFigureChange = (name: FigureName, before: number, after: number): string => {
  const change = after - before;
  const size = isTime(name)
    ? formatDuration(Math.abs(change))
    : name === "zeroResultRate"
      ? `${(Math.abs(change) * 100).toFixed(1)} %`
      : Math.abs(change).toFixed(3);
  if (/^[0.]+( %| ms)?$/.test(size)) return "±0";
  return `${change > 0 ? "+" : "−"}${size}`;
};

/** Whether a figure became better or worse by more than shows; latencies below a tenth of change are noise. */
export const verdictOf = (name: FigureName, before: number, after: number): "better" | "worse" | "same" => {
  if (formatFigureChange(name, before, after) === "±0") return "same";
  if (isTime(name) && Math.abs(after - before) < 0.1 * before) return "same";
  const figure = figureList.find((one) => one.name === name);
  return after > before === (figure?.isHigherBetter ?? true) ? "better" : "worse";
};
