import { z } from "zod";
import {
  type IdKind,
  idPatternOf,
  idPrefixes,
  passageIdPattern,
  passageIdText,
  slugPattern,
  slugRule,
} from "./plain/ids.ts";

export * from "./plain/ids.ts";

/** Schema of one id kind; parsing brands the string, so ids of two kinds cannot be swapped. */
const idSchema = <K extends IdKind>(kind: K) =>
  z.string().regex(idPatternOf(kind), `must be a ${kind} id (${idPrefixes[kind]}_…)`).brand<K>();

export const DocumentId = idSchema("document");
export type DocumentId = z.infer<typeof DocumentId>;
export const VersionId = idSchema("version");
export type VersionId = z.infer<typeof VersionId>;
export const BuildId = idSchema("build");
export type BuildId = z.infer<typeof BuildId>;
export const QuestionId = idSchema("question");
export type QuestionId = z.infer<typeof QuestionId>;
export const EvaluationId = idSchema("evaluation");
export type EvaluationId = z.infer<typeof EvaluationId>;
export const QueryId = idSchema("query");
export type QueryId = z.infer<typeof QueryId>;
export const AnswerId = idSchema("answer");
export type AnswerId = z.infer<typeof AnswerId>;
export const ReleaseId = idSchema("release");
export type ReleaseId = z.infer<typeof ReleaseId>;
export const EventId = idSchema("event");
export type EventId = z.infer<typeof EventId>;

/** A passage is numbered within its version: `psg_<version ULID>_<n>`; the same bytes chunked the same way keep their ids. */
export const PassageId = z.string().regex(passageIdPattern, "must be a passage id (psg_…)").brand<"passage">();
export type PassageId = z.infer<typeof PassageId>;

export const passageIdOf = (versionId: VersionId, n: number): PassageId => passageIdText(versionId, n) as PassageId;
export const versionIdOfPassage = (passageId: PassageId): VersionId => `ver_${passageId.split("_")[1]}` as VersionId;

/** Slug of an index: what people see in URLs. */
export const IndexSlug = z.string().min(2).max(40).regex(slugPattern, slugRule).brand<"index">();
export type IndexSlug = z.infer<typeof IndexSlug>;
