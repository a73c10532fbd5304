"use client";
import { Check } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** Leaves the page behind it usable: a menu is no reason to lock the scroll or to hide everything from screen readers. */
export const DropdownMenu = (props: ComponentProps<typeof Primitive.Root>) => (
  <Primitive.Root modal={false} {...props} />
);
export const DropdownMenuTrigger = Primitive.Trigger;
export const DropdownMenuGroup = Primitive.Group;
export const DropdownMenuRadioGroup = Primitive.RadioGroup;

const item =
  "relative flex min-h-7 select-none items-center gap-2 rounded-sm px-2 py-1 text-sm outline-none data-disabled:pointer-events-none data-disabled:opacity-50 data-highlighted:bg-accent [&_svg:not([class*=size-])]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted-foreground";

export const DropdownMenuContent = ({
  className,
  sideOffset = 4,
  ...rest
}: ComponentProps<typeof Primitive.Content>) => (
  <Primitive.Portal>
    <Primitive.Content
      sideOffset={sideOffset}
      collisionPadding={8}
      className={cn(
        "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 overflow-y-auto rounded-lg border bg-popover p-1 text-popover-foreground shadow-md data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98",
        className,
      )}
      {...rest}
    />
  </Primitive.Portal>
);

export const DropdownMenuItem = ({
  className,
  destructive,
  ...rest
}: ComponentProps<typeof Primitive.Item> & { destructive?: boolean }) => (
  <Primitive.Item
    className={cn(
      item,
      destructive && "text-destructive data-highlighted:bg-destructive-soft [&_svg]:text-destructive",
      className,
    )}
    {...rest}
  />
);

const Indicator = () => (
  <span className="absolute left-2 flex size-4 items-center justify-center">
    <Primitive.ItemIndicator>
      <Check className="size-3.5" aria-hidden />
    </Primitive.ItemIndicator>
  </span>
);

export const DropdownMenuCheckboxItem = ({
  className,
  children,
  ...rest
}: ComponentProps<typeof Primitive.CheckboxItem>) => (
  <Primitive.CheckboxItem className={cn(item, "pl-8", className)} {...rest}>
    <Indicator />
    {children}
  </Primitive.CheckboxItem>
);

export const DropdownMenuRadioItem = ({ className, children, ...rest }: ComponentProps<typeof Primitive.RadioItem>) => (
  <Primitive.RadioItem className={cn(item, "pl-8", className)} {...rest}>
    <Indicator />
    {children}
  </Primitive.RadioItem>
);

export const DropdownMenuLabel = ({ className, ...rest }: ComponentProps<typeof Primitive.Label>) => (
  <Primitive.Label className={cn("px-2 py-1 text-muted-foreground text-xs", className)} {...rest} />
);

export const DropdownMenuSeparator = ({ className, ...rest }: ComponentProps<typeof Primitive.Separator>) => (
  <Primitive.Separator className={cn("-mx-1 my-1 h-px bg-border", className)} {...rest} />
);
