"use client";
import { PageError } from "../lib/page-error.tsx";
import "./globals.css";

const GlobalError = (props: { error: Error & { digest?: string }; reset: () => void }) => (
  <html lang="en">
    <body>
      <title>SAMLA</title>
      <main>
        <PageError {...props} />
      </main>
    </body>
  </html>
);
export default GlobalError;
