"use client";
import { Check, ChevronDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export type SelectOption = { value: string; label: ReactNode; disabled?: boolean };

/** A select of a list of options. Name it by `aria-label` or by a label's `htmlFor` and `id`. */
export const Select = ({
  options,
  value,
  onValueChange,
  placeholder,
  className,
  size = "md",
  prefix,
  ...rest
}: {
  options: readonly SelectOption[];
  value: string | undefined;
  onValueChange: (value: string) => void;
  placeholder?: string;
  size?: "sm" | "md";
  /** Small text before the value, such as "Sort". */
  prefix?: string;
} & Omit<ComponentProps<typeof Primitive.Trigger>, "value" | "prefix">) => (
  <Primitive.Root value={value} onValueChange={onValueChange}>
    <Primitive.Trigger
      className={cn(
        "inline-flex select-none items-center justify-between gap-1.5 whitespace-nowrap rounded-md border border-border-strong bg-card text-foreground shadow-xs transition-colors hover:bg-accent disabled:opacity-50 data-placeholder:text-muted-foreground",
        size === "sm" ? "h-7 px-2 text-xs" : "h-8 px-2.5 text-sm",
        className,
      )}
      {...rest}
    >
      <span className="flex min-w-0 items-center gap-1.5 truncate">
        {prefix ? <span className="text-muted-foreground">{prefix}</span> : null}
        <Primitive.Value placeholder={placeholder} />
      </span>
      <Primitive.Icon>
        <ChevronDown className="size-3.5 text-muted-foreground" aria-hidden />
      </Primitive.Icon>
    </Primitive.Trigger>
    <Primitive.Portal>
      <Primitive.Content
        position="popper"
        sideOffset={4}
        className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg border bg-popover p-1 text-popover-foreground shadow-md data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98"
      >
        <Primitive.Viewport>
          {options.map((option) => (
            <Primitive.Item
              key={option.value}
              value={option.value}
              disabled={option.disabled}
              className="flex h-7 select-none items-center justify-between gap-4 rounded-sm px-2 text-sm outline-none data-disabled:opacity-50 data-highlighted:bg-accent"
            >
              <Primitive.ItemText>{option.label}</Primitive.ItemText>
              <Primitive.ItemIndicator>
                <Check className="size-3.5 text-primary" aria-hidden />
              </Primitive.ItemIndicator>
            </Primitive.Item>
          ))}
        </Primitive.Viewport>
      </Primitive.Content>
    </Primitive.Portal>
  </Primitive.Root>
);
