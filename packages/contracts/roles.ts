import { z } from "zod";
import { principalPattern, roles } from "./plain/roles.ts";

export * from "./plain/roles.ts";

export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

/** Who may read an index or a document: everyone signed in, a group, or one person (by subject). */
export const Principal = z.string().regex(principalPattern, "use everyone, group:<name>, role:<role> or user:<id>");
export type Principal = z.infer<typeof Principal>;
