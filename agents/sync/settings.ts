import { FatalError } from "@samla/agent-kit";
import { type IndexSlug, SourcePath, Tag } from "@samla/contracts";

export type SourceSettings =
  | { kind: "folder"; folder: string; hidden: boolean }
  | { kind: "s3"; bucket: string; prefix: string; hidden: boolean }
  | { kind: "site"; siteUrl: string; sitemapUrl: string; allowPrivateAddresses: boolean };

export type SyncSettings = {
  index: IndexSlug;
  source: SourceSettings;
  label: string;
  /** The tag that marks a document as the source's own. */
  ownTag: string;
  tags: string[];
  into: string;
  intervalMs: number;
  brake: { deletesMax: number; deletesPercentMax: number };
  filesMax: number;
  fileSizeMaxBytes: number;
  runMaxMs: number;
};

const refuse = (field: string, message: string): never => {
  throw new FatalError(
    "bad_configuration",
    `The agent's settings are not valid: ${field}: ${message}.`,
    "Correct these settings and release again, or roll back to the release before.",
    { variable: "SAMLA_AGENT_SETTINGS", errors: [{ field, message }] },
  );
};

const sourceOf = (flat: Record<string, unknown>): SourceSettings => {
  const text = (field: string): string => String(flat[field] ?? "");
  const hidden = flat.hidden === true;
  if (flat.source === "folder") {
    if (!text("folder").startsWith("/")) refuse("folder", "give an absolute path");
    return { kind: "folder", folder: text("folder"), hidden };
  }
  if (flat.source === "s3") {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text("bucket"))) refuse("bucket", "give the name of a bucket");
    return { kind: "s3", bucket: text("bucket"), prefix: text("prefix"), hidden };
  }
  if (!text("siteUrl")) refuse("siteUrl", "give the address of the site");
  return {
    kind: "site",
    siteUrl: text("siteUrl"),
    sitemapUrl: text("sitemapUrl"),
    allowPrivateAddresses: flat.allowPrivateAddresses === true,
  };
};

/** Settings that hang together, of the flat ones that the kit has checked one by one. Throws `FatalError`. */
export const readSettings = (flat: Record<string, unknown>): SyncSettings => {
  const source = sourceOf(flat);
  const label = String(flat.label);
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(label)) refuse("label", "use small letters, digits and hyphens");
  const tags = (flat.tags as string[]).map((tag) => tag.trim());
  for (const tag of tags) {
    const checked = Tag.safeParse(tag);
    if (!checked.success) refuse("tags", checked.error.issues[0]?.message ?? "not a tag");
  }
  const into = String(flat.into).replace(/^\/+|\/+$/g, "");
  const checked = SourcePath.safeParse(into);
  if (!checked.success) refuse("into", checked.error.issues[0]?.message ?? "not a folder");
  return {
    index: flat.index as IndexSlug,
    source,
    label,
    ownTag: `source:${label}`,
    tags,
    into,
    intervalMs: Number(flat.intervalMinutes) * 60_000,
    brake: { deletesMax: Number(flat.deletesMax), deletesPercentMax: Number(flat.deletesPercentMax) },
    filesMax: Number(flat.filesMax),
    fileSizeMaxBytes: Number(flat.fileSizeMaxMb) * 1024 * 1024,
    runMaxMs: Number(flat.runMinutesMax) * 60_000,
  };
};

/** The source in words, such as `folder /srv/handbook`. */
export const describeSource = (source: SourceSettings): string => {
  if (source.kind === "folder") return `folder ${source.folder}`;
  if (source.kind === "s3") return `s3://${source.bucket}/${source.prefix}`;
  return `site ${source.siteUrl}`;
};
