import { ChevronDown } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export type SelectOption = { value: string; label: ReactNode; disabled?: boolean };

type FaceProps = {
  size?: "sm" | "md";
  /** Small text before the value, such as "Sort". */
  prefix?: string | undefined;
} & Omit<ComponentProps<"button">, "value" | "prefix">;

export type SelectProps = FaceProps & {
  options: readonly SelectOption[];
  value: string | undefined;
  onValueChange: (value: string) => void;
  placeholder?: string | undefined;
};

/** What a closed select looks like. */
export const SelectFace = ({ size = "md", prefix, className, children, ...rest }: FaceProps) => (
  <button
    type="button"
    className={cn(
      "inline-flex select-none items-center justify-between gap-1.5 whitespace-nowrap rounded-md border border-border-strong bg-card text-foreground shadow-xs transition-colors hover:bg-accent disabled:opacity-50 data-placeholder:text-muted-foreground",
      size === "sm" ? "h-7 px-2 text-xs" : "h-8 px-2.5 text-sm",
      className,
    )}
    {...rest}
  >
    <span className="flex min-w-0 items-center gap-1.5 truncate">
      {prefix ? <span className="text-muted-foreground">{prefix}</span> : null}
      {children}
    </span>
    <ChevronDown className="size-3.5 text-muted-foreground" aria-hidden />
  </button>
);
