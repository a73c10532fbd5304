"use client";
import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { useOutdated } from "./outdated.ts";

/** A page that broke: reloads by itself, once, when the console was replaced under it; else says so and offers to try again. */
export const PageError = ({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) => {
  const outdated = useOutdated(error);
  return (
    <ErrorState
      title={outdated ? "The console could not be loaded whole" : "Something went wrong in this page"}
      detail={
        outdated ? "A newer version may be in place, or the connection was lost." : "The page could not be shown."
      }
      nextStep="Reload the page. Your documents and settings are safe."
      requestId={error.digest}
      onRetry={outdated ? undefined : reset}
      actions={<Button onClick={() => window.location.reload()}>Reload</Button>}
    />
  );
};
