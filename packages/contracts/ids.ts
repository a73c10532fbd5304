import { z } from "zod";

/** Prefix of every id kind. Ids are `<prefix>_<ULID>`: sortable by time, told apart by eye and by the type checker. */
export const idPrefixes = {
  document: "doc",
  version: "ver",
  passage: "psg",
  build: "bld",
  question: "qst",
  evaluation: "evl",
  query: "qry",
  release: "rel",
  event: "evt",
  upload: "upl",
  ticket: "tkt",
} as const;

export type IdKind = keyof typeof idPrefixes;

const ulidPattern = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

/** Schema of one id kind; parsing brands the string, so ids of two kinds cannot be swapped. */
const idSchema = <K extends IdKind>(kind: K) =>
  z
    .string()
    .regex(new RegExp(`^${idPrefixes[kind]}_${ulidPattern}$`), `must be a ${kind} id (${idPrefixes[kind]}_…)`)
    .brand<K>();

export const DocumentId = idSchema("document");
export type DocumentId = z.infer<typeof DocumentId>;
export const VersionId = idSchema("version");
export type VersionId = z.infer<typeof VersionId>;
export const BuildId = idSchema("build");
export type BuildId = z.infer<typeof BuildId>;
export const QueryId = idSchema("query");
export type QueryId = z.infer<typeof QueryId>;
export const EventId = idSchema("event");
export type EventId = z.infer<typeof EventId>;

/** A passage is numbered within its version: `psg_<version ULID>_<n>`; the same bytes chunked the same way keep their ids. */
export const PassageId = z
  .string()
  .regex(new RegExp(`^psg_${ulidPattern}_\\d{1,6}$`), "must be a passage id (psg_…)")
  .brand<"passage">();
export type PassageId = z.infer<typeof PassageId>;

export const passageIdOf = (versionId: VersionId, n: number): PassageId =>
  `psg_${versionId.slice(4)}_${n}` as PassageId;
export const versionIdOfPassage = (passageId: PassageId): VersionId => `ver_${passageId.split("_")[1]}` as VersionId;

/** Slug of an index: what people see in URLs. */
export const IndexSlug = z
  .string()
  .min(2)
  .max(40)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/, "use 2 to 40 small letters, digits and hyphens")
  .brand<"index">();
export type IndexSlug = z.infer<typeof IndexSlug>;
