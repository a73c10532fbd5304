import { z } from "zod";
import { Timestamp } from "./pagination.ts";
import { findingSeverities, scanStates } from "./plain/images.ts";

export const FindingSeverity = z.enum(findingSeverities);
export type FindingSeverity = z.infer<typeof FindingSeverity>;

/** Somebody answers for a finding until a day. */
export const WaiverNote = z.object({ owner: z.string(), reason: z.string(), until: Timestamp });

/** Whether an image may be released for an agent, and why not. "Not scanned" does not pass. */
export const GateResult = z.object({
  passed: z.boolean(),
  digest: z.string(),
  /** The lowest severity that stands in the way. */
  threshold: FindingSeverity,
  scan: z.enum(scanStates),
  scannedAt: Timestamp.optional(),
  counts: z.partialRecord(FindingSeverity, z.int().nonnegative()),
  /** Findings at or over the threshold, waived ones too. */
  findings: z.array(
    z.object({
      id: z.string(),
      severity: FindingSeverity,
      package: z.string(),
      version: z.string(),
      fixedIn: z.string().optional(),
      waiver: WaiverNote.optional(),
      /** Its waiver ran out: it stands in the way again. */
      reopened: WaiverNote.optional(),
    }),
  ),
  /** One sentence an obstacle; empty when it passed. */
  obstacles: z.array(z.string()),
  nextStep: z.string().optional(),
});
export type GateResult = z.infer<typeof GateResult>;
