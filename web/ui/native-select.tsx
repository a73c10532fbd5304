import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** The platform's own select: light, and right on phones. Name it by `aria-label` or a label. */
export const NativeSelect = ({
  options,
  className,
  ...rest
}: ComponentProps<"select"> & { options: readonly { value: string; label: string }[] }) => (
  <span className={cn("relative inline-flex", className)}>
    <select
      className="h-7 w-full appearance-none rounded-md border border-border-strong bg-card pr-6 pl-2 text-xs shadow-xs transition-colors hover:bg-accent"
      {...rest}
    >
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
    <ChevronDown className="pointer-events-none absolute top-2 right-1.5 size-3 text-muted-foreground" aria-hidden />
  </span>
);
