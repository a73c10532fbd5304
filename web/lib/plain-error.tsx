"use client";
import { useOutdated } from "./outdated.ts";

const buttonClass = "h-8 rounded-md border border-border-strong bg-card px-3 font-medium text-sm";

/** Says that a page broke, with nothing that would have to be loaded first: every page carries it. */
export const PlainError = ({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) => {
  const outdated = useOutdated(error);
  return (
    <div role="alert" className="mx-auto grid max-w-md gap-2 p-10">
      <h1 className="font-semibold text-lg">
        {outdated ? "The console could not be loaded whole" : "Something went wrong in this page"}
      </h1>
      <p className="text-muted-foreground text-sm">Reload the page. Your documents and settings are safe.</p>
      <p className="flex gap-2">
        {outdated ? null : (
          <button type="button" onClick={reset} className={buttonClass}>
            Try again
          </button>
        )}
        <button type="button" onClick={() => window.location.reload()} className={buttonClass}>
          Reload
        </button>
      </p>
      {error.digest ? <p className="font-mono text-muted-foreground text-xs">Request {error.digest}</p> : null}
    </div>
  );
};
