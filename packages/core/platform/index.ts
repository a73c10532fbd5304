import { type Health, type Me, permissions, rolePermissions } from "@samla/contracts";
import type { StorageContext } from "../kernel/index.ts";

export const productVersion = "0.1.0";

/** Who the caller is and what it may do: the console offers just that. */
export const describeActor = (ctx: StorageContext): Me => ({
  id: ctx.actor.id,
  kind: ctx.actor.kind === "machine" ? "machine" : "person",
  name: ctx.actor.name,
  ...(ctx.actor.email ? { email: ctx.actor.email } : {}),
  roles: [...ctx.actor.roles],
  groups: [...ctx.actor.groups],
  permissions: permissions.filter((permission) =>
    ctx.actor.roles.some((role) => rolePermissions[role].includes(permission)),
  ),
  uploadLimits: ctx.uploadLimits,
});

/** Asks each part once. `degraded` names those that do not answer; details of failures stay in the log. */
export const checkHealth = async (ctx: StorageContext): Promise<Health> => {
  const check = async (name: string, call: () => Promise<unknown>): Promise<Health["checks"][number]> => {
    const startedAt = performance.now();
    try {
      await call();
      return { name, ok: true, tookMs: performance.now() - startedAt };
    } catch (error) {
      ctx.log("error", "health check failed", { check: name, error: String(error) });
      return { name, ok: false, detail: "does not answer", tookMs: performance.now() - startedAt };
    }
  };
  const checks = await Promise.all([
    check("catalog", () => ctx.catalog.ping()),
    check("objects", () => ctx.objects.ping()),
    check("queues", () => ctx.queues.states()),
  ]);
  return { status: checks.every((one) => one.ok) ? "ok" : "degraded", version: productVersion, checks };
};
