import { Check, Minus } from "lucide-react";
import { Checkbox as Primitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** A checkbox; `checked="indeterminate"` for some but not all. Name it by a label or `aria-label`. */
export const Checkbox = ({ className, ...rest }: ComponentProps<typeof Primitive.Root>) => (
  <Primitive.Root
    className={cn(
      "group relative flex size-4 shrink-0 items-center justify-center rounded-xs border border-input bg-card shadow-xs transition-colors before:absolute before:-inset-1 disabled:opacity-50 data-[state=checked]:border-primary data-[state=indeterminate]:border-primary data-[state=checked]:bg-primary data-[state=indeterminate]:bg-primary",
      className,
    )}
    {...rest}
  >
    <Primitive.Indicator className="text-primary-foreground">
      <Check className="size-3 group-data-[state=indeterminate]:hidden" strokeWidth={3} aria-hidden />
      <Minus className="hidden size-3 group-data-[state=indeterminate]:block" strokeWidth={3} aria-hidden />
    </Primitive.Indicator>
  </Primitive.Root>
);
