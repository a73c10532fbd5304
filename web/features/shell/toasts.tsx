"use client";
import { Toaster } from "sonner";

export const Toasts = () => (
  <Toaster
    position="bottom-right"
    closeButton
    toastOptions={{
      classNames: {
        toast: "!rounded-lg !border !border-border !bg-popover !text-popover-foreground !shadow-lg !font-sans",
        title: "!text-sm !font-medium",
        description: "!text-xs !text-muted-foreground",
        actionButton: "!bg-primary !text-primary-foreground",
        closeButton: "!bg-popover !text-muted-foreground !border-border",
        error: "[&_[data-icon]]:!text-destructive",
        success: "[&_[data-icon]]:!text-success",
      },
    }}
  />
);
