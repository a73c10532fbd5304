"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider } from "next-themes";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { Toaster } from "sonner";
import { meKeys, type Person } from "../../lib/me.ts";
import { createQueryClient } from "../../lib/query-client.ts";
import { TooltipProvider } from "../../ui/tooltip.tsx";

export const Providers = ({ me, nonce, children }: { me?: Person; nonce?: string; children: ReactNode }) => {
  const [client] = useState(() => {
    const made = createQueryClient();
    if (me) made.setQueryData(meKeys.all, me);
    return made;
  });
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem nonce={nonce}>
      <QueryClientProvider client={client}>
        <NuqsAdapter>
          <TooltipProvider delayDuration={350}>{children}</TooltipProvider>
          <ThemedToaster />
        </NuqsAdapter>
      </QueryClientProvider>
    </ThemeProvider>
  );
};

const ThemedToaster = () => (
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
