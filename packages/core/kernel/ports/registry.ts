import type { EventActor, GateSettings, ImageScan } from "@samla/contracts";
import type { NewEvent } from "./records.ts";

export type RepositoryState = {
  /** Its short name, which is the agent's. */
  agent: string;
  name: string;
  uri: string;
  createdAt?: string | undefined;
  tagMutability: string;
  scanOnPush: boolean;
  /** Such as AES256, or KMS with the key. */
  encryption: string;
};

export type ImageState = {
  digest: string;
  tags: string[];
  sizeBytes: number;
  pushedAt: string;
  pulledAt?: string | undefined;
  mediaType: string;
  scan: ImageScan;
};

export type ImageParts = {
  layers: { digest: string; sizeBytes: number; mediaType: string }[];
  platform?: string | undefined;
  user?: string | undefined;
  entrypoint: string[];
  command: string[];
  environment: string[];
  labels: Record<string, string>;
  builtAt?: string | undefined;
};

export type RawFinding = {
  id: string;
  /** As the registry has it, such as HIGH. */
  severity: string;
  title: string;
  description?: string | undefined;
  package: string;
  version: string;
  ecosystem?: string | undefined;
  fixedIn?: string | undefined;
  score?: number | undefined;
  url?: string | undefined;
};

/** The registry of agents' images; repositories by their short names. */
export interface RegistryPort {
  listRepositories(): Promise<RepositoryState[]>;
  /** All images of a repository. Throws `not_found`. */
  listImages(agent: string): Promise<ImageState[]>;
  getImage(agent: string, digest: string): Promise<ImageState | undefined>;
  /** What the image's manifest and configuration say; undefined for what is no single image. */
  readParts(agent: string, digest: string): Promise<ImageParts | undefined>;
  /** The CycloneDX list that lies in the image; undefined when there is none. */
  readInventory(agent: string, digest: string): Promise<unknown>;
  /** Findings of a complete scan; none of another. */
  listFindings(agent: string, digest: string): Promise<RawFinding[]>;
  startScan(agent: string, digest: string): Promise<void>;
  addTag(agent: string, digest: string, tag: string): Promise<void>;
  /** Takes a tag off, never the image: refused when it is the last tag. */
  removeTag(agent: string, tag: string): Promise<void>;
  /** Removes an image with its tags for good; one that is gone already is no error. */
  deleteImage(agent: string, digest: string): Promise<void>;
  getLifecyclePolicy(agent: string): Promise<string | undefined>;
  /** Undefined removes it. */
  putLifecyclePolicy(agent: string, text: string | undefined): Promise<void>;
  readReplication(): Promise<{ home: string; rules: { regions: string[]; filters: string[] }[] }>;
  replicationOf(agent: string, digest: string): Promise<{ region: string; status: string; reason?: string }[]>;
  /** Settings of the repository in a region, as texts by name; undefined when it is not there. */
  settingsIn(region: string | undefined, agent: string): Promise<Record<string, string> | undefined>;
}

/** Thresholds and waivers of agents: one row each. */
export interface GateCatalog {
  getGate(agent: string): Promise<GateSettings | undefined>;
  /** False when the row is no longer at `settings.revision - 1`. */
  putGate(settings: GateSettings, event: NewEvent, actor: EventActor): Promise<boolean>;
}
