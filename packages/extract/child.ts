import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { ExtractFailure } from "./failure.ts";
import type { ChildMessage, ChildRequest } from "./protocol.ts";
import { readDocument } from "./readers.ts";
import { watchParent } from "./watch-parent.ts";

const progressEveryMs = 200;

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}

/** Errors of the JavaScript engine that a file provokes: too deep, too long, out of array space. */
function toFailure(error: unknown): ExtractFailure {
  if (error instanceof ExtractFailure) return error;
  if (error instanceof RangeError) return new ExtractFailure("too_complex", error.message, { cause: error });
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ExtractFailure("internal", detail.slice(0, 2000), { cause: error });
}

async function serve(request: ChildRequest): Promise<void> {
  const { id, resultPath } = request;
  let lastProgress = 0;
  try {
    const extraction = await readDocument(request, (progress) => {
      const now = performance.now();
      if (progress.step === "extract" && now - lastProgress < progressEveryMs) return;
      lastProgress = now;
      send({ type: "progress", id, progress });
    });
    const json = JSON.stringify(extraction);
    await writeFile(resultPath, json, { mode: 0o600 });
    send({ type: "done", id, sizeBytes: Buffer.byteLength(json) });
  } catch (error) {
    const { code, detail, suspicious } = toFailure(error);
    send({ type: "failed", id, code, detail, suspicious });
  }
}

watchParent();
process.on("disconnect", () => {
  // The parent is gone and cannot clear away our folder of results.
  const folder = process.argv[2];
  if (folder) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.on("message", (request: ChildRequest) => void serve(request));
send({ type: "ready" });
