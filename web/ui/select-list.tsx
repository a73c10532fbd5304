"use client";
import { Check } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import { SelectFace, type SelectProps } from "./select-face.tsx";

/** The whole select, open from the start: it is made when asked for. */
export const SelectList = ({ options, value, onValueChange, placeholder, prefix, ...rest }: SelectProps) => (
  <Primitive.Root value={value} onValueChange={onValueChange} defaultOpen>
    <Primitive.Trigger asChild>
      <SelectFace prefix={prefix} {...rest}>
        <Primitive.Value placeholder={placeholder} />
      </SelectFace>
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
