/** Severities of findings, worst first, as ECR has them (there: CRITICAL … UNDEFINED). */
export const findingSeverities = ["critical", "high", "medium", "low", "informational", "untriaged"] as const;
type FindingSeverity = (typeof findingSeverities)[number];
/** What a gate may stop at. */
export const gateThresholds = ["critical", "high", "medium", "low"] as const;

/** True when a severity is at or over the threshold. */
export const isAtLeast = (severity: FindingSeverity, threshold: FindingSeverity): boolean =>
  findingSeverities.indexOf(severity) <= findingSeverities.indexOf(threshold);

/** `unsupported`: the scanner cannot read the image; counts as not scanned. */
export const scanStates = ["complete", "running", "failed", "unsupported", "none"] as const;
export type ScanState = (typeof scanStates)[number];

/** Why a rule may not take an image. */
export const protections = ["running", "releasing", "pinned", "roll-back"] as const;
export type Protection = (typeof protections)[number];

export const lifecycleTagStates = ["tagged", "untagged", "any"] as const;
export const lifecycleCounts = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled"] as const;
export const waiverStates = ["active", "expired", "ended"] as const;
export const replicationStates = ["complete", "running", "failed", "absent"] as const;

export const imageLimits = {
  listPageSizeMax: 200,
  lifecycleRulesMax: 49,
  waiverDaysMax: 180,
  waiversMax: 200,
  /** Releases back that keep their image, when an agent says nothing else. */
  keepReleases: 10,
  keepReleasesMax: 100,
  /** Days between the deletion of an image and its removal, when nobody says otherwise. */
  quarantineDays: 14,
  quarantineDaysMax: 90,
  /** A waiver that ends within these days is shown as ending soon. */
  waiverSoonDays: 7,
} as const;

/** Tags with this beginning are set and removed by SAMLA; a rule of the highest priority keeps what has one. */
export const keepTagPrefix = "keep-";
/** The one tag of an image in quarantine: it begins as the others do, so no rule takes the image before its day. */
export const quarantineTagPrefix = `${keepTagPrefix}quarantined-`;
export const imageShows = ["all", "tagged", "untagged", "running", "unprotected", "quarantined"] as const;

const repository = "/images/repositories/{agent}";
const image = `${repository}/images/{digest}`;

/** The console's own calls about images below `/api`, served by its BFF: method and path. `{agent}` is the repository's short name. */
export const imageEndpoints = {
  "images.repositories": "GET /images/repositories",
  "images.repository": `GET ${repository}`,
  "images.list": `GET ${repository}/images`,
  "images.get": `GET ${image}`,
  "images.findings": `GET ${image}/findings`,
  "images.inventory": `GET ${image}/inventory`,
  "images.gate": `GET ${image}/gate`,
  "images.differences": `GET ${image}/differences`,
  "images.scan": `POST ${image}/scan`,
  "images.delete": `POST ${image}/delete`,
  "images.restore": `POST ${image}/restore`,
  "images.gateSettings": `GET ${repository}/gate`,
  "images.setGate": `POST ${repository}/gate`,
  "images.waive": `POST ${repository}/waivers`,
  "images.endWaiver": `POST ${repository}/waivers/{waiverId}/end`,
  "images.lifecycle": `GET ${repository}/lifecycle`,
  "images.simulate": `POST ${repository}/lifecycle/simulate`,
  "images.setLifecycle": `POST ${repository}/lifecycle`,
  "images.allFindings": "GET /images/findings",
  "images.finding": "GET /images/findings/{findingId}",
  "images.replication": "GET /images/replication",
} as const;
export type ImageEndpointId = keyof typeof imageEndpoints;

/** Method and path of one of the console's own calls about images. */
export const imageEndpointOf = (id: ImageEndpointId): [method: "GET" | "POST", path: string] => {
  const [method, path] = imageEndpoints[id].split(" ");
  return [method as "GET" | "POST", path ?? "/"];
};
