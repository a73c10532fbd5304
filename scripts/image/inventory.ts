import { createHash } from "node:crypto";
import type { BundledPackage } from "./app-files.ts";
import type { DebianPackage } from "./debian-packages.ts";

const npmPurl = ({ name, version }: BundledPackage): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;

/**
 * What an image is made of, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). No times: the same parts give the
 * same document.
 */
export const inventoryOf = (
  agent: { name: string; version: string },
  parts: {
    npm: readonly BundledPackage[];
    debian: readonly DebianPackage[];
    nodeVersion: string;
    distribution: string | undefined;
  },
): string => {
  const components = [
    {
      type: "platform",
      "bom-ref": `pkg:generic/node@${parts.nodeVersion}`,
      name: "node",
      version: parts.nodeVersion,
      purl: `pkg:generic/node@${parts.nodeVersion}`,
      licenses: [{ license: { name: "MIT" } }],
    },
    ...parts.debian.map(({ name, version, source }) => {
      const distro = parts.distribution === undefined ? "" : `?distro=${parts.distribution}`;
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}${distro}`;
      return {
        type: "library",
        "bom-ref": purl,
        name,
        version,
        purl,
        properties: [{ name: "samla:source", value: source }],
      };
    }),
    ...parts.npm.map((one) => ({
      type: "library",
      "bom-ref": npmPurl(one),
      name: one.name,
      version: one.version,
      purl: npmPurl(one),
      licenses: one.license === undefined ? [] : [{ license: { name: one.license } }],
    })),
  ];
  const hex = createHash("sha256")
    .update(JSON.stringify([agent, components]))
    .digest("hex");
  return `${JSON.stringify({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    version: 1,
    metadata: { component: { type: "container", name: agent.name, version: agent.version } },
    components,
  })}\n`;
};
