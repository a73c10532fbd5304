/** Prefix of every id kind. Ids are `<prefix>_<ULID>`: sortable by time, told apart by eye and by the type checker. */
export const idPrefixes = {
  document: "doc",
  version: "ver",
  passage: "psg",
  build: "bld",
  question: "qst",
  evaluation: "evl",
  query: "qry",
  answer: "ans",
  release: "rel",
  event: "evt",
  upload: "upl",
  ticket: "tkt",
} as const;

export type IdKind = keyof typeof idPrefixes;

const ulidPattern = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

/** What an id of a kind looks like: `<prefix>_<ULID>`. */
export const idPatternOf = (kind: IdKind): RegExp => new RegExp(`^${idPrefixes[kind]}_${ulidPattern}$`);
/** True for a well-formed id of the kind; whether such a thing exists is for the server to say. */
export const isIdOf = (kind: IdKind, text: string): boolean => idPatternOf(kind).test(text);

export const passageIdPattern = new RegExp(`^${idPrefixes.passage}_${ulidPattern}_\\d{1,6}$`);

/** A passage is numbered within its version: `psg_<version ULID>_<n>`; the same bytes chunked the same way keep their ids. */
export const passageIdText = (versionId: string, n: number): string => `psg_${versionId.slice(4)}_${n}`;

/** Slug of an index: 2 to 40 characters of this pattern. */
export const slugPattern = /^(?=.{2,40}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/;
export const slugRule = "use 2 to 40 small letters, digits and hyphens";
