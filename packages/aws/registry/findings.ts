import type { EnhancedImageScanFinding, ImageScanFinding } from "@aws-sdk/client-ecr";
import type { RawFinding } from "@samla/core/kernel";

const httpsOnly = (url: string | undefined): string | undefined => (url?.startsWith("https://") ? url : undefined);

/** A finding of basic scanning: package and versions are in its attributes. */
export const basicFinding = (one: ImageScanFinding): RawFinding => {
  const attribute = (key: string): string | undefined => one.attributes?.find((pair) => pair.key === key)?.value;
  const score = Number(attribute("CVSS4_SCORE") ?? attribute("CVSS3_SCORE") ?? attribute("CVSS2_SCORE") ?? Number.NaN);
  const description = one.description ?? "";
  return {
    id: one.name ?? "unknown",
    severity: one.severity ?? "UNDEFINED",
    title: description.split(/(?<=\.)\s/)[0]?.slice(0, 200) || (one.name ?? "unknown"),
    description,
    package: attribute("package_name") ?? "unknown",
    version: attribute("package_version") ?? "unknown",
    fixedIn: attribute("fixed_in_version"),
    score: Number.isFinite(score) ? score : undefined,
    url: httpsOnly(one.uri),
  };
};

/** A finding of enhanced scanning, one for each package it is in. */
export const enhancedFindings = (one: EnhancedImageScanFinding): RawFinding[] => {
  const details = one.packageVulnerabilityDetails;
  return (details?.vulnerablePackages ?? []).map((part) => ({
    id: details?.vulnerabilityId ?? one.title ?? "unknown",
    severity: one.severity ?? "UNDEFINED",
    title: one.title ?? details?.vulnerabilityId ?? "unknown",
    description: one.description,
    package: part.name ?? "unknown",
    version: part.version ?? "unknown",
    ecosystem: part.packageManager,
    fixedIn: part.fixedInVersion,
    score: one.score,
    url: httpsOnly(details?.sourceUrl),
  }));
};
