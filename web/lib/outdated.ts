import { useEffect } from "react";

const reloadedKey = "samla-reloaded-at";
const reloadAgainAfterMs = 60_000;

/**
 * True when a part of the console could not be loaded: mostly because a newer one has been put in its place. Reloads the
 * page then, once a minute at most.
 */
export const useOutdated = (error: Error): boolean => {
  const isOutdated = error.name === "ChunkLoadError" || /Failed to load chunk/.test(error.message);
  useEffect(() => {
    if (!isOutdated) return;
    const reloadedAtMs = Number(sessionStorage.getItem(reloadedKey) ?? 0);
    if (Date.now() - reloadedAtMs < reloadAgainAfterMs) return;
    sessionStorage.setItem(reloadedKey, String(Date.now()));
    window.location.reload();
  }, [isOutdated]);
  return isOutdated;
};
