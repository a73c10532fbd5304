import "server-only";

/** All bytes of a body, or "too-large" as soon as it is over the limit. */
export const readLimited = async (
  body: ReadableStream<Uint8Array> | null,
  sizeBytesMax: number,
): Promise<Buffer | "too-large"> => {
  if (!body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    sizeBytes += value.byteLength;
    if (sizeBytes > sizeBytesMax) {
      await reader.cancel();
      return "too-large";
    }
    chunks.push(value);
  }
};
