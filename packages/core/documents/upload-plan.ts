import { limits, type UploadPart } from "@samla/contracts";
import type { z } from "zod";
import { objectKeys, type StorageContext } from "../kernel/index.ts";

export type PlannedPart = { number: number; start: number; end: number };

/** Cuts a file into parts of the contract's size; one part when it is below the multipart threshold. */
export const planParts = (sizeBytes: number): { multipart: boolean; parts: PlannedPart[] } => {
  if (sizeBytes <= limits.multipartThresholdBytes)
    return { multipart: false, parts: [{ number: 1, start: 0, end: sizeBytes }] };
  const count = Math.ceil(sizeBytes / limits.partSizeBytes);
  return {
    multipart: true,
    parts: Array.from({ length: count }, (_, i) => ({
      number: i + 1,
      start: i * limits.partSizeBytes,
      end: Math.min(sizeBytes, (i + 1) * limits.partSizeBytes),
    })),
  };
};

/** Presigned addresses for the parts that have not arrived. */
export const presignParts = async (
  ctx: StorageContext,
  version: { documentId: string; id: string; sizeBytes: number; multipartId?: string },
  arrived: ReadonlySet<number>,
): Promise<{
  parts: z.infer<typeof UploadPart>[];
  headers: Record<string, string>;
  expiresAt: string;
  multipart: boolean;
  partSizeBytes: number;
}> => {
  const key = objectKeys.source(version.documentId, version.id);
  const plan = planParts(version.sizeBytes);
  const ttl = limits.uploadUrlTtlSeconds;
  const expiresAt = new Date(ctx.now() + ttl * 1000).toISOString();
  const base = { expiresAt, multipart: version.multipartId !== undefined, partSizeBytes: limits.partSizeBytes };
  if (!version.multipartId) {
    const { url, headers } = await ctx.objects.presignPut(key, version.sizeBytes, ttl);
    return { ...base, headers, parts: [{ number: 1, start: 0, end: version.sizeBytes, url }] };
  }
  const multipartId = version.multipartId;
  const missing = plan.parts.filter((part) => !arrived.has(part.number));
  const parts = await Promise.all(
    missing.map(async (part) => ({
      ...part,
      url: await ctx.objects.presignPart(key, multipartId, part.number, part.end - part.start, ttl),
    })),
  );
  return { ...base, headers: {}, parts };
};
