import { z } from "zod";
import { UploadLimits } from "./limits.ts";
import { permissions, Role } from "./roles.ts";

export const Health = z.object({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional(), tookMs: z.number() })),
});
export type Health = z.infer<typeof Health>;

export const Me = z.object({
  id: z.string(),
  kind: z.enum(["person", "machine"]),
  name: z.string(),
  email: z.string().optional(),
  roles: z.array(Role),
  groups: z.array(z.string()),
  permissions: z.array(z.enum(permissions)),
  uploadLimits: UploadLimits,
});
export type Me = z.infer<typeof Me>;

export const QueueState = z.object({
  name: z.string(),
  purpose: z.string(),
  waiting: z.int().nonnegative(),
  inFlight: z.int().nonnegative(),
  deadLetters: z.int().nonnegative(),
});
export const QueueList = z.object({ items: z.array(QueueState) });
export type QueueList = z.infer<typeof QueueList>;
export const RedriveResult = z.object({ moved: z.int().nonnegative() });
