import { z } from "zod";

export const roles = ["reader", "editor", "operator", "admin"] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

export const permissions = [
  "search",
  "documents.read",
  "documents.write",
  "indexes.read",
  "indexes.write",
  "events.read",
  "queues.read",
  "queues.redrive",
  "agents.read",
  "agents.write",
] as const;
export type Permission = (typeof permissions)[number];

const reading: Permission[] = ["search", "documents.read", "indexes.read"];

/** What each role may do: the one table that verbs enforce and the console reads. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  reader: reading,
  editor: [...reading, "documents.write", "events.read"],
  operator: [...reading, "events.read", "queues.read", "agents.read", "agents.write"],
  admin: permissions,
};

/** True when one of the roles holds the permission. */
export const hasPermission = (held: readonly Role[], permission: Permission): boolean =>
  held.some((role) => rolePermissions[role].includes(permission));

/** Who may read an index or a document: everyone signed in, a group, or one person (by subject). */
export const Principal = z
  .string()
  .regex(/^(everyone|group:[\w.-]{1,64}|user:[\w.@-]{1,128})$/, "use everyone, group:<name> or user:<id>");
export type Principal = z.infer<typeof Principal>;
