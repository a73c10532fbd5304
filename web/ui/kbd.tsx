import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export const Kbd = ({ className, ...rest }: ComponentProps<"kbd">) => (
  <kbd
    className={cn(
      "inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-xs border border-border-strong bg-surface px-1 font-mono text-2xs text-muted-foreground",
      className,
    )}
    {...rest}
  />
);
