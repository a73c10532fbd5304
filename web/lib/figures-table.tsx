import type { Figures } from "@samla/contracts";
import type { ReactNode } from "react";
import { cn } from "../ui/cn.ts";
import { figureList, formatFigure, formatFigureChange, verdictOf } from "./figures.ts";

const tones = { better: "text-success", worse: "text-destructive", same: "text-muted-foreground" } as const;
const words = { better: "better", worse: "worse", same: "no change to speak of" } as const;

/** Two sets of figures beside each other with what changed, coloured by what it means. */
export const FiguresTable = ({
  before,
  after,
  beforeLabel,
  afterLabel,
}: {
  before: Figures;
  after: Figures;
  beforeLabel: ReactNode;
  afterLabel: ReactNode;
}) => (
  <table className="w-full border-collapse text-sm tabular-nums">
    <thead className="text-muted-foreground text-xs">
      <tr>
        <th scope="col" className="border-b py-1.5 pr-3 text-left font-medium">
          Figure
        </th>
        <th scope="col" className="border-b px-3 py-1.5 text-right font-medium">
          {beforeLabel}
        </th>
        <th scope="col" className="border-b px-3 py-1.5 text-right font-medium">
          {afterLabel}
        </th>
        <th scope="col" className="border-b py-1.5 pl-3 text-right font-medium">
          Change
        </th>
      </tr>
    </thead>
    <tbody>
      {figureList.map(({ name, label, hint }) => {
        const verdict = verdictOf(name, before[name], after[name]);
        return (
          <tr key={name} className="border-b last:border-b-0">
            <th scope="row" className="py-1.5 pr-3 text-left font-normal" title={hint}>
              {label}
            </th>
            <td className="px-3 py-1.5 text-right text-muted-foreground">{formatFigure(name, before[name])}</td>
            <td className="px-3 py-1.5 text-right font-medium">{formatFigure(name, after[name])}</td>
            <td className={cn("py-1.5 pl-3 text-right", tones[verdict])}>
              {formatFigureChange(name, before[name], after[name])}
              <span className="sr-only">, {words[verdict]}</span>
            </td>
          </tr>
        );
      })}
    </tbody>
  </table>
);
