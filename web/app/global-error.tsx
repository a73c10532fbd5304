"use client";
import { PlainError } from "../lib/plain-error.tsx";
import "./globals.css";

/** When not even the layout could be drawn. */
const GlobalError = (props: { error: Error & { digest?: string }; reset: () => void }) => (
  <html lang="en">
    <body>
      <title>SAMLA</title>
      <main>
        <PlainError {...props} />
      </main>
    </body>
  </html>
);
export default GlobalError;
