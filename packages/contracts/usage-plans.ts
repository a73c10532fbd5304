import { z } from "zod";

/** Who shares a plan: people with the console or an assistant, and machines (agents with accounts of their own, scripts). */
export const callerKinds = ["person", "machine"] as const;
export type CallerKind = (typeof callerKinds)[number];

/**
 * What the gateway gives each kind of caller, so that machines at work never take the API from people. The authorizer names
 * the plan's key; nobody types one. A quota counts calls a day (UTC).
 */
export const usagePlans: Record<
  CallerKind,
  { ratePerSecond: number; burst: number; quota?: { limit: number; period: "DAY" } }
> = {
  person: { ratePerSecond: 400, burst: 800 },
  machine: { ratePerSecond: 100, burst: 200, quota: { limit: 2_000_000, period: "DAY" } },
};

/** The value of each plan's key, which only gateway and authorizer know; API Gateway asks for 20 to 128 characters. */
export const UsageKeys = z.record(z.enum(callerKinds), z.string().min(20).max(128));
export type UsageKeys = z.infer<typeof UsageKeys>;
