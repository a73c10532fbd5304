import type { DocumentKind } from "./kinds.ts";

const mebibyte = 1024 * 1024;

/** Largest file of each kind in bytes. A deployment may lower or raise them by configuration. */
export const defaultUploadLimits: Record<DocumentKind, number> = {
  pdf: 100 * mebibyte,
  docx: 100 * mebibyte,
  pptx: 100 * mebibyte,
  xlsx: 100 * mebibyte,
  odt: 100 * mebibyte,
  ods: 100 * mebibyte,
  odp: 100 * mebibyte,
  epub: 100 * mebibyte,
  email: 50 * mebibyte,
  image: 20 * mebibyte,
  html: 25 * mebibyte,
  markdown: 25 * mebibyte,
  text: 25 * mebibyte,
  csv: 25 * mebibyte,
  tsv: 25 * mebibyte,
  json: 25 * mebibyte,
  jsonl: 25 * mebibyte,
  rtf: 25 * mebibyte,
  code: 25 * mebibyte,
};

/** Everything else that is bounded, once. Units last. */
export const limits = {
  multipartThresholdBytes: 8 * mebibyte,
  partSizeBytes: 8 * mebibyte,
  uploadUrlTtlSeconds: 3600,
  downloadUrlTtlSeconds: 300,
  nameLengthMax: 255,
  pathLengthMax: 1024,
  tagsMax: 50,
  tagLengthMax: 64,
  readersMax: 100,
  queryLengthMax: 1000,
  pageSizeDefault: 50,
  pageSizeMax: 200,
  searchPageSizeMax: 100,
  searchOffsetMax: 1000,
  batchSizeMax: 200,
  undoDays: 30,
  eventRetentionDays: 400,
  idempotencyHours: 24,
  ticketTtlSeconds: 30,
  versionsPerDocumentMax: 1000,
  indexesMax: 200,
  candidateBuildsMax: 5,
  supersededBuildsMax: 10,
  stopWordsMax: 1000,
  synonymGroupsMax: 500,
  queryRulesMax: 200,
  questionsPerIndexMax: 10_000,
  judgmentsPerQuestionMax: 1000,
  importCharactersMax: 4_000_000,
  queryLogDaysMax: 400,
  noteSizeBytes: 256 * 1024,
} as const;

const extensionKinds: Record<string, DocumentKind> = {
  pdf: "pdf",
  docx: "docx",
  docm: "docx",
  dotx: "docx",
  pptx: "pptx",
  pptm: "pptx",
  ppsx: "pptx",
  xlsx: "xlsx",
  xlsm: "xlsx",
  odt: "odt",
  ods: "ods",
  odp: "odp",
  html: "html",
  htm: "html",
  xhtml: "html",
  md: "markdown",
  markdown: "markdown",
  txt: "text",
  text: "text",
  log: "text",
  rst: "text",
  csv: "csv",
  tsv: "tsv",
  json: "json",
  geojson: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  rtf: "rtf",
  epub: "epub",
  eml: "email",
  png: "image",
  jpg: "image",
  jpeg: "image",
  tif: "image",
  tiff: "image",
  webp: "image",
  bmp: "image",
  gif: "image",
  ts: "code",
  tsx: "code",
  js: "code",
  mjs: "code",
  cjs: "code",
  jsx: "code",
  py: "code",
  go: "code",
  rs: "code",
  java: "code",
  kt: "code",
  c: "code",
  h: "code",
  cc: "code",
  cpp: "code",
  hpp: "code",
  cs: "code",
  rb: "code",
  php: "code",
  swift: "code",
  scala: "code",
  sh: "code",
  bash: "code",
  sql: "code",
  css: "code",
  scss: "code",
  yaml: "code",
  yml: "code",
  toml: "code",
  ini: "code",
  xml: "code",
  lua: "code",
  r: "code",
  pl: "code",
};

/** Extensions offered in file dialogs. */
export const knownExtensions: readonly string[] = Object.keys(extensionKinds);

/** The kind a name promises; the bytes have the last word after upload. Undefined when the name promises nothing we read. */
export const kindOfName = (name: string): DocumentKind | undefined => {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase();
  return extension && Object.hasOwn(extensionKinds, extension) ? extensionKinds[extension] : undefined;
};

/** Largest accepted size for a name; for unknown kinds the largest of all, as the bytes decide later. */
export const sizeLimitOfName = (name: string, configured: Record<DocumentKind, number>): number => {
  const kind = kindOfName(name);
  return kind ? configured[kind] : Math.max(...Object.values(configured));
};

/** Bytes for people, in binary units as file managers show them. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
};
