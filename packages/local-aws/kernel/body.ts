import type { IncomingMessage } from "node:http";
import { AwsError } from "./errors.ts";

/**
 * Reads a whole body into memory.
 * @throws AwsError 413 when it is larger than `limitBytes`
 */
export async function readBody(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes)
      throw new AwsError("RequestEntityTooLarge", `The request body is larger than ${limitBytes} bytes.`, {
        statusCode: 413,
      });
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
