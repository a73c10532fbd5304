"use client";
import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

export const overlayClass =
  "fixed inset-0 z-50 bg-black/40 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0";

/** A modal window with its title (and description), scrolling inside when long. */
export const DialogContent = ({
  title,
  description,
  className,
  children,
  hideClose,
  ...rest
}: Omit<ComponentProps<typeof Primitive.Content>, "title"> & {
  title: ReactNode;
  description?: ReactNode;
  hideClose?: boolean;
}) => (
  <Primitive.Portal>
    <Primitive.Overlay className={overlayClass} />
    <Primitive.Content
      {...(description ? {} : { "aria-describedby": undefined })}
      className={cn(
        "fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 flex-col rounded-xl border bg-popover text-popover-foreground shadow-lg data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98",
        className,
      )}
      {...rest}
    >
      <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-2">
        <div className="min-w-0">
          <Primitive.Title className="font-semibold text-lg">{title}</Primitive.Title>
          {description ? (
            <Primitive.Description className="mt-0.5 text-muted-foreground text-sm">
              {description}
            </Primitive.Description>
          ) : null}
        </div>
        {hideClose ? null : (
          <Primitive.Close asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close" className="-mr-2">
              <X aria-hidden />
            </Button>
          </Primitive.Close>
        )}
      </header>
      {children}
    </Primitive.Content>
  </Primitive.Portal>
);

export const DialogBody = ({ className, ...rest }: ComponentProps<"div">) => (
  <div className={cn("min-h-0 overflow-y-auto px-5 py-2", className)} {...rest} />
);

export const DialogFooter = ({ className, ...rest }: ComponentProps<"div">) => (
  <div className={cn("flex flex-wrap items-center justify-end gap-2 px-5 pt-2 pb-4", className)} {...rest} />
);
