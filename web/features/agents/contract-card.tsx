import type { ContractCheck } from "@samla/contracts";
import { CircleCheck, CircleHelp, CircleX } from "lucide-react";
import { cn } from "../../ui/cn.ts";

/** Whether what the agent needs is there: its index, its embedder, its settings, its secret. */
export const ContractCard = ({ contract }: { contract: ContractCheck }) => (
  <section aria-label="Contract" className="rounded-lg border bg-card text-sm">
    <p className={cn("px-4 py-2.5 font-medium", contract.passed ? "text-success" : "text-destructive")}>
      {contract.passed ? "What it needs is there" : "Something it needs is missing"}
    </p>
    {contract.items.length > 0 ? (
      <ul className="divide-y border-t">
        {contract.items.map((item) => {
          const Icon = item.unknown ? CircleHelp : item.passed ? CircleCheck : CircleX;
          const tone = item.unknown ? "text-warning" : item.passed ? "text-success" : "text-destructive";
          return (
            <li key={`${item.need} ${item.field}`} className="flex items-start gap-2.5 px-4 py-2">
              <Icon
                role="img"
                aria-label={item.unknown ? "not known" : item.passed ? "there" : "missing"}
                className={cn("mt-0.5 size-4 shrink-0", tone)}
              />
              <div className="min-w-0">
                <p className="wrap-anywhere">
                  {item.message} <span className="font-mono text-muted-foreground text-xs">{item.field}</span>
                </p>
                {item.nextStep ? <p className="wrap-anywhere text-muted-foreground text-xs">{item.nextStep}</p> : null}
              </div>
            </li>
          );
        })}
      </ul>
    ) : (
      <p className="border-t px-4 py-2 text-muted-foreground text-xs">It declares no needs.</p>
    )}
  </section>
);
