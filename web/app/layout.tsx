import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { themeScript } from "../features/shell/theme-script.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "SAMLA", template: "%s · SAMLA" },
  description: "Find the passage, see it in its source, trust it.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f9f8" },
    { media: "(prefers-color-scheme: dark)", color: "#0a0f0e" },
  ],
};

const RootLayout = async ({ children }: { children: ReactNode }) => {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="antialiased">
        <script nonce={nonce} suppressHydrationWarning>
          {themeScript}
        </script>
        {children}
      </body>
    </html>
  );
};
export default RootLayout;
