"use client";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark or as the system, set before the first paint. */
export const Theme = ({ nonce, children }: { nonce?: string; children: ReactNode }) => (
  <ThemeProvider attribute="class" defaultTheme="system" enableSystem nonce={nonce}>
    {children}
  </ThemeProvider>
);
