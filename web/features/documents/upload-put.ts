import { PutError } from "./upload-ports.ts";

const stallMs = 60_000;

/**
 * PUTs bytes with progress. `fetch` cannot report the progress of an upload, so this is XMLHttpRequest. A minute
 * without a byte counts as a broken connection. Rejects with PutError, or with the reason of the signal.
 */
export const putBytes = (
  url: string,
  bytes: Blob,
  headers: Record<string, string>,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<{ etag: string | undefined }> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stall: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(stall);
      signal.removeEventListener("abort", stop);
      settle();
    };
    const stop = () => {
      request.abort();
      end(() => reject(signal.reason));
    };
    const watch = () => {
      clearTimeout(stall);
      stall = setTimeout(() => {
        request.abort();
        end(() => reject(new PutError({ kind: "network" })));
      }, stallMs);
    };
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      watch();
      onProgress(event.loaded);
    };
    request.onload = () =>
      end(() => {
        // 412: an address takes bytes once, and an earlier try arrived whose answer was lost. The reader compares hashes.
        if ((request.status >= 200 && request.status < 300) || request.status === 412)
          resolve({ etag: request.getResponseHeader("etag") ?? undefined });
        else reject(new PutError({ kind: "status", status: request.status }));
      });
    request.onerror = () => end(() => reject(new PutError({ kind: "network" })));
    signal.addEventListener("abort", stop, { once: true });
    watch();
    // An empty type: the presigned URL is not bound to one, and the browser must not add its own guess.
    request.send(new Blob([bytes], { type: "" }));
  });
