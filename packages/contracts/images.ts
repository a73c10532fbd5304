import { z } from "zod";
import { AgentName } from "./agent-manifest.ts";
import { EventActor } from "./events.ts";
import { FindingSeverity, GateResult } from "./gate.ts";
import { ReleaseId } from "./ids.ts";
import { cursorQuery, pageOf, Timestamp } from "./pagination.ts";
import {
  gateThresholds,
  imageLimits,
  imageShows,
  lifecycleCounts,
  lifecycleTagStates,
  protections,
  scanStates,
  waiverStates,
} from "./plain/images.ts";
import { ImageDigest, TaskId } from "./releases.ts";

export * from "./plain/images.ts";
export * from "./replication.ts";

const Count = z.int().nonnegative();
const Reason = z.string().trim().min(3, "say why in a few words").max(500);
export const SeverityCounts = z.partialRecord(FindingSeverity, Count);
export type SeverityCounts = z.infer<typeof SeverityCounts>;

/** Id of an advisory, such as CVE-2026-1234 or GHSA-xxxx-xxxx-xxxx. */
export const FindingId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{2,63}$/, "the id of an advisory, such as CVE-2026-1234");

export const ImageScan = z.object({
  state: z.enum(scanStates),
  /** Why it failed or is unsupported. */
  reason: z.string().optional(),
  at: Timestamp.optional(),
  /** As of when the scanner's advisories were. */
  advisoriesAt: Timestamp.optional(),
  counts: SeverityCounts,
});
export type ImageScan = z.infer<typeof ImageScan>;

/** A task that runs an image now. */
export const ImageRun = z.object({ agent: AgentName, taskId: TaskId, releaseId: ReleaseId.optional() });
/** A release that used an image, and could be gone back to when `canRollBack`. */
export const ImageRelease = z.object({
  agent: AgentName,
  releaseId: ReleaseId,
  n: z.int().positive(),
  status: z.string(),
  at: Timestamp,
  canRollBack: z.boolean(),
});

/** An image that somebody deleted: it cannot be released, and is removed for good at `purgeAt` unless restored. */
export const Quarantine = z.object({
  by: EventActor,
  at: Timestamp,
  reason: z.string(),
  purgeAt: Timestamp,
  /** The tags it had, and gets back. */
  tags: z.array(z.string()),
});
export type Quarantine = z.infer<typeof Quarantine>;

export const ImageItem = z.object({
  /** The repository's short name, which is the agent's. */
  agent: AgentName,
  digest: ImageDigest,
  /** Without the tags that SAMLA sets itself to keep the image. */
  tags: z.array(z.string()),
  sizeBytes: Count,
  pushedAt: Timestamp,
  /** Last time somebody fetched it; ECR notes it with up to a day of delay. */
  pulledAt: Timestamp.optional(),
  commit: z.string().optional(),
  source: z.string().optional(),
  version: z.string().optional(),
  builtAt: Timestamp.optional(),
  mediaType: z.string(),
  scan: ImageScan,
  runs: z.array(ImageRun),
  releases: z.array(ImageRelease),
  /** Empty: lifecycle rules may take it. */
  protectedBy: z.array(z.enum(protections)),
  quarantine: Quarantine.optional(),
});
export type ImageItem = z.infer<typeof ImageItem>;

export const RepositoryItem = z.object({
  agent: AgentName,
  /** Such as `samla/production/answer`. */
  name: z.string(),
  uri: z.string(),
  createdAt: Timestamp.optional(),
  tagMutability: z.string(),
  scanOnPush: z.boolean(),
  encryption: z.string(),
  images: Count,
  sizeBytes: Count,
  newest: z.object({ digest: ImageDigest, tag: z.string().optional(), pushedAt: Timestamp }).optional(),
  /** Digests that run now, with the number of tasks. */
  running: z.array(z.object({ digest: ImageDigest, tag: z.string().optional(), tasks: Count })),
  /** Of the images that run now, summed by finding. */
  runningFindings: SeverityCounts,
  threshold: z.enum(gateThresholds),
  activeWaivers: Count,
  /** Of the active ones, those that end within a week. */
  endingWaivers: Count,
  /** Findings of running images that stop the next release since their waiver ran out. */
  reopened: Count,
  /** Images that were deleted and can be restored; not among `images`. */
  quarantined: Count,
  hasLifecycle: z.boolean(),
});
export type RepositoryItem = z.infer<typeof RepositoryItem>;
/** `problems`: parts of AWS that did not answer; what they know is missing from the items. */
export const RepositoryList = z.object({ items: z.array(RepositoryItem), problems: z.array(z.string()) });
export type RepositoryList = z.infer<typeof RepositoryList>;

export const ListImagesQuery = z.object({
  /** Part of a tag, a digest or a commit. */
  q: z.string().max(100).optional(),
  /** Only `quarantined` has those that were deleted. */
  show: z.enum(imageShows).default("all"),
  ...cursorQuery,
});
export const ImagePage = pageOf(ImageItem).extend({ total: Count, problems: z.array(z.string()) });
export type ImagePage = z.infer<typeof ImagePage>;

export const ImageDetail = ImageItem.extend({
  repository: z.string(),
  uri: z.string(),
  layers: z.array(z.object({ digest: z.string(), sizeBytes: Count, mediaType: z.string() })),
  platform: z.string().optional(),
  user: z.string().optional(),
  entrypoint: z.array(z.string()),
  command: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  /** `agent.json` of its label, as JSON; `null` for a foreign image. */
  manifest: z.json(),
  gate: GateResult,
  problems: z.array(z.string()),
});
export type ImageDetail = z.infer<typeof ImageDetail>;

/** Somebody answers for a finding in an agent's images until a day. */
export const Waiver = z.object({
  id: z.string(),
  findingId: FindingId,
  /** Only of this package; absent: wherever the finding is. */
  package: z.string().optional(),
  owner: z.string(),
  reason: z.string(),
  from: Timestamp,
  until: Timestamp,
  by: EventActor,
  state: z.enum(waiverStates),
  endedAt: Timestamp.optional(),
  endedBy: EventActor.optional(),
  endReason: z.string().optional(),
  /** The timeline tells of its running out. */
  expiryTold: z.boolean().optional(),
});
export type Waiver = z.infer<typeof Waiver>;

export const ImageFinding = z.object({
  id: FindingId,
  severity: FindingSeverity,
  title: z.string(),
  description: z.string().optional(),
  package: z.string(),
  version: z.string(),
  ecosystem: z.string().optional(),
  fixedIn: z.string().optional(),
  score: z.number().optional(),
  url: z.string().optional(),
  waiver: Waiver.optional(),
  /** The waiver that ran out, since when the gate stops at it again. */
  reopened: Waiver.optional(),
  /** Whether the gate stops at it: severe enough and not waived. */
  blocks: z.boolean(),
});
export type ImageFinding = z.infer<typeof ImageFinding>;
export const ImageFindings = z.object({ scan: ImageScan, items: z.array(ImageFinding) });
export type ImageFindings = z.infer<typeof ImageFindings>;

export const ImagePackage = z.object({
  name: z.string(),
  version: z.string(),
  ecosystem: z.string(),
  /** Package URL. */
  purl: z.string(),
  licenses: z.array(z.string()),
});
/** What an image is made of; `source` tells who said so. */
export const ImageInventory = z.object({
  source: z.enum(["image", "none"]),
  packages: z.array(ImagePackage),
  /** The whole CycloneDX document, for download. */
  cyclonedx: z.json().optional(),
});
export type ImageInventory = z.infer<typeof ImageInventory>;

export const ImageDifferencesQuery = z.object({ to: ImageDigest });
/** What `to` changes, seen from this image. */
export const ImageDifferences = z.object({
  from: ImageItem,
  to: ImageItem,
  layers: z.object({
    same: z.array(z.object({ digest: z.string(), sizeBytes: Count })),
    removed: z.array(z.object({ digest: z.string(), sizeBytes: Count })),
    added: z.array(z.object({ digest: z.string(), sizeBytes: Count })),
  }),
  packages: z.array(
    z.object({ name: z.string(), ecosystem: z.string(), before: z.string().optional(), after: z.string().optional() }),
  ),
  findings: z.object({ fixed: z.array(ImageFinding), added: z.array(ImageFinding) }),
  configuration: z.array(z.object({ name: z.string(), before: z.string().optional(), after: z.string().optional() })),
  problems: z.array(z.string()),
});
export type ImageDifferences = z.infer<typeof ImageDifferences>;

export const GateSettings = z.object({
  agent: AgentName,
  threshold: z.enum(gateThresholds),
  /** Releases back whose images stay to be rolled back to. */
  keepReleases: z.int().min(1).max(imageLimits.keepReleasesMax),
  /** Newest first, ended and expired ones too. */
  waivers: z.array(Waiver),
  revision: Count,
});
export type GateSettings = z.infer<typeof GateSettings>;
export const SetGateBody = z.strictObject({
  threshold: z.enum(gateThresholds),
  keepReleases: z.int().min(1).max(imageLimits.keepReleasesMax),
  reason: Reason,
  /** As read; another one in between is a conflict. */
  revision: Count,
});
export const WaiveBody = z.strictObject({
  findingId: FindingId,
  package: z.string().trim().min(1).max(200).optional(),
  /** Who answers for it: a person or a team. */
  owner: z.string().trim().min(2, "name who answers for it").max(100),
  reason: Reason,
  /** At most half a year ahead. */
  until: Timestamp,
});
export const EndWaiverBody = z.strictObject({ reason: Reason });

export const DeleteImageBody = z.strictObject({
  reason: Reason,
  /** Days until it is removed for good. */
  days: z.int().min(1).max(imageLimits.quarantineDaysMax).default(imageLimits.quarantineDays),
});
export const RestoreImageBody = z.strictObject({ reason: Reason });

/** A rule as people write it. SAMLA adds one of the highest priority that keeps what is protected. */
export const LifecycleRule = z
  .strictObject({
    description: z.string().trim().max(200).default(""),
    tagStatus: z.enum(lifecycleTagStates),
    /** With `*`; all must match a tag of the image. Only for `tagged`. */
    tagPatterns: z
      .array(z.string().regex(/^[\w.*-]{1,128}$/, "letters, digits, . _ - and *"))
      .max(20)
      .default([]),
    countType: z.enum(lifecycleCounts),
    /** Images to keep, or days. */
    countNumber: z.int().min(1).max(100_000),
  })
  .refine(({ tagStatus, tagPatterns }) => (tagStatus === "tagged") === tagPatterns.length > 0, {
    path: ["tagPatterns"],
    error: "a rule for tagged images needs a pattern, the others take none",
  });
export type LifecycleRule = z.infer<typeof LifecycleRule>;
/** In the order of priority. */
export const LifecycleRules = z
  .array(LifecycleRule)
  .max(imageLimits.lifecycleRulesMax)
  .refine(
    (rules) =>
      rules.findIndex(({ tagStatus }) => tagStatus === "any") === -1 ||
      rules.findIndex(({ tagStatus }) => tagStatus === "any") === rules.length - 1,
    {
      error: "the one rule for any image must be the last",
    },
  );

/** What rules would do now. */
export const LifecycleSimulation = z.object({
  at: Timestamp,
  images: Count,
  sizeBytes: Count,
  expires: z.array(
    z.object({
      digest: ImageDigest,
      tags: z.array(z.string()),
      pushedAt: Timestamp,
      pulledAt: Timestamp.optional(),
      sizeBytes: Count,
      rule: Count,
    }),
  ),
  /** A rule names them and they stay all the same. */
  spared: z.array(
    z.object({
      digest: ImageDigest,
      tags: z.array(z.string()),
      pushedAt: Timestamp,
      sizeBytes: Count,
      rule: Count,
      by: z.array(z.enum(protections)),
      because: z.string(),
    }),
  ),
  freedBytes: Count,
  problems: z.array(z.string()),
});
export type LifecycleSimulation = z.infer<typeof LifecycleSimulation>;
export const LifecycleView = z.object({
  rules: z.array(LifecycleRule),
  /** Whether ECR holds the rule that keeps protected images. */
  keepsProtected: z.boolean(),
  /** The policy as ECR has it; absent without one. */
  policyText: z.string().optional(),
  simulation: LifecycleSimulation,
});
export type LifecycleView = z.infer<typeof LifecycleView>;
export const SimulateBody = z.strictObject({ rules: LifecycleRules });
export const SetLifecycleBody = z.strictObject({
  rules: LifecycleRules,
  reason: Reason,
  /** As read, "" for none; another one in between is a conflict. */
  policyText: z.string().max(30_720),
});

export const FindingUse = z.object({
  agent: AgentName,
  digest: ImageDigest,
  tags: z.array(z.string()),
  package: z.string(),
  version: z.string(),
  fixedIn: z.string().optional(),
  waiver: Waiver.optional(),
  runs: z.array(ImageRun),
  releases: z.array(ImageRelease),
});
export type FindingUse = z.infer<typeof FindingUse>;
/** A finding over all repositories, with what it touches. */
export const FindingLine = z.object({
  id: FindingId,
  severity: FindingSeverity,
  title: z.string(),
  packages: z.array(z.string()),
  fixedIn: z.string().optional(),
  images: Count,
  tasks: Count,
  agents: z.array(AgentName),
  /** Every use of it is waived. */
  waived: z.boolean(),
});
export type FindingLine = z.infer<typeof FindingLine>;
export const AllFindingsQuery = z.object({
  severity: FindingSeverity.optional(),
  agent: AgentName.optional(),
  /** `running`: only images that run now. */
  show: z.enum(["running", "all"]).default("running"),
  q: z.string().max(100).optional(),
});
export const FindingList = z.object({
  items: z.array(FindingLine),
  counts: SeverityCounts,
  /** Running images without a complete scan. */
  unscanned: z.array(z.object({ agent: AgentName, digest: ImageDigest, state: z.enum(scanStates) })),
  problems: z.array(z.string()),
});
export type FindingList = z.infer<typeof FindingList>;
export const FindingDetail = FindingLine.extend({
  description: z.string().optional(),
  url: z.string().optional(),
  score: z.number().optional(),
  uses: z.array(FindingUse),
  problems: z.array(z.string()),
});
export type FindingDetail = z.infer<typeof FindingDetail>;
