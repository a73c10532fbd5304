"use client";
import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { overlayClass } from "./dialog.tsx";

export const Sheet = Primitive.Root;
export const SheetTrigger = Primitive.Trigger;
export const SheetClose = Primitive.Close;

/** A panel from the side with its title. */
export const SheetContent = ({
  title,
  description,
  side = "right",
  className,
  children,
  ...rest
}: Omit<ComponentProps<typeof Primitive.Content>, "title"> & {
  title: ReactNode;
  description?: ReactNode;
  side?: "left" | "right";
}) => (
  <Primitive.Portal>
    <Primitive.Overlay className={overlayClass} />
    <Primitive.Content
      {...(description ? {} : { "aria-describedby": undefined })}
      className={cn(
        "fixed inset-y-0 z-50 flex w-[min(28rem,92vw)] flex-col border bg-popover text-popover-foreground shadow-lg data-[state=closed]:animate-out data-[state=open]:animate-in data-[state=closed]:duration-150 data-[state=open]:duration-200",
        side === "right"
          ? "right-0 border-l data-[state=closed]:slide-out-to-right data-[state=open]:slide-in-from-right"
          : "left-0 border-r data-[state=closed]:slide-out-to-left data-[state=open]:slide-in-from-left",
        className,
      )}
      {...rest}
    >
      <header className="flex items-start justify-between gap-4 border-b px-5 py-3">
        <div className="min-w-0">
          <Primitive.Title className="font-semibold text-lg">{title}</Primitive.Title>
          {description ? (
            <Primitive.Description className="text-muted-foreground text-sm">{description}</Primitive.Description>
          ) : null}
        </div>
        <Primitive.Close asChild>
          <Button variant="ghost" size="icon-sm" aria-label="Close" className="-mr-2">
            <X aria-hidden />
          </Button>
        </Primitive.Close>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </Primitive.Content>
  </Primitive.Portal>
);
