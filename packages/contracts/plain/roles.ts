export const roles = ["reader", "editor", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

export const permissions = [
  "search",
  "documents.read",
  "documents.write",
  "indexes.read",
  "indexes.write",
  "builds.read",
  "builds.write",
  "builds.override",
  "questions.read",
  "questions.write",
  "queries.read",
  "search.as",
  "care.read",
  "care.repair",
  "events.read",
  "queues.read",
  "queues.redrive",
  "agents.read",
  "agents.logs",
  "agents.release",
  "agents.rollBack",
  "agents.scale",
  "agents.protect",
  "images.scan",
  "images.waive",
  "images.lifecycle",
  "images.gate",
  "images.delete",
] as const;
export type Permission = (typeof permissions)[number];

const reading: Permission[] = ["search", "documents.read", "indexes.read"];

/** What each role may do: the one table that verbs enforce and the console reads. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  reader: reading,
  editor: [...reading, "documents.write", "events.read", "builds.read", "questions.read", "questions.write"],
  operator: [
    ...reading,
    "events.read",
    "queues.read",
    "builds.read",
    "builds.write",
    "questions.read",
    "care.read",
    "agents.read",
    "agents.logs",
    "agents.release",
    "agents.rollBack",
    "agents.scale",
    "images.scan",
    "images.waive",
  ],
  admin: permissions,
};

/** True when one of the roles holds the permission. */
export const hasPermission = (held: readonly Role[], permission: Permission): boolean =>
  held.some((role) => rolePermissions[role].includes(permission));

/** Who may read: everyone signed in, a group, or one person (by subject). */
export const principalPattern =
  /^(everyone|group:[\w.-]{1,64}|role:(?:reader|editor|operator|admin)|user:[\w.@-]{1,128})$/;
