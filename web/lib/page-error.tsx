"use client";
import { useEffect } from "react";
import { Button } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";

const reloadedKey = "samla-reloaded-at";
const reloadAgainAfterMs = 60_000;

/** True when a part of the console could not be loaded: mostly because a newer one has been put in its place. */
const isOutdated = (error: Error): boolean =>
  error.name === "ChunkLoadError" || /Failed to load chunk/.test(error.message);

/** A page that broke: reloads by itself, once, when the console was replaced under it; else says so and offers to try again. */
export const PageError = ({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) => {
  const outdated = isOutdated(error);
  useEffect(() => {
    if (!outdated) return;
    const reloadedAtMs = Number(sessionStorage.getItem(reloadedKey) ?? 0);
    if (Date.now() - reloadedAtMs < reloadAgainAfterMs) return;
    sessionStorage.setItem(reloadedKey, String(Date.now()));
    window.location.reload();
  }, [outdated]);
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
