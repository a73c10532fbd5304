"use client";
import "./globals.css";

/** When not even the layout could be drawn. Every page loads this, so it is plain. */
const GlobalError = () => (
  <html lang="en">
    <body>
      <title>SAMLA</title>
      <main className="mx-auto grid max-w-md gap-2 p-10">
        <h1 className="font-semibold text-lg">Something went wrong in this page</h1>
        <p className="text-muted-foreground text-sm">Reload the page. Your documents and settings are safe.</p>
        <button
          type="button"
          onClick={() => window.location.reload()}
          className="h-8 justify-self-start rounded-md border border-border-strong bg-card px-3 font-medium text-sm"
        >
          Reload
        </button>
      </main>
    </body>
  </html>
);
export default GlobalError;
