import { createSHA256 } from "hash-wasm";

/** Hashes one file; answers with progress in bytes, then with the hash. A message is a file, or an id to stop. */
type Request = { id: number; file: File } | { id: number; stop: true };
export type HashAnswer =
  | { id: number; hashedBytes: number }
  | { id: number; sha256: string }
  | { id: number; error: { name: string; message: string } };

const pieceBytes = 4 * 1024 * 1024;
const stopped = new Set<number>();

const hash = async (id: number, file: File): Promise<void> => {
  const hasher = await createSHA256();
  for (let start = 0; start < file.size; start += pieceBytes) {
    if (stopped.delete(id)) return;
    hasher.update(new Uint8Array(await file.slice(start, start + pieceBytes).arrayBuffer()));
    self.postMessage({ id, hashedBytes: Math.min(file.size, start + pieceBytes) } satisfies HashAnswer);
  }
  self.postMessage({ id, sha256: hasher.digest("hex") } satisfies HashAnswer);
};

self.addEventListener("message", (event: MessageEvent<Request>) => {
  const request = event.data;
  if ("stop" in request) {
    stopped.add(request.id);
    return;
  }
  hash(request.id, request.file).catch((error: unknown) => {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    self.postMessage({ id: request.id, error: { name, message } } satisfies HashAnswer);
  });
});
