import { AwsError } from "../../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../../kernel/json-protocol.ts";
import { readCount, readImageIds, readOptionalText, readText } from "../input.ts";
import type { Names } from "../names.ts";
import type { RegistryStore, StoredImage } from "../store.ts";
import type { Finding } from "./advisories.ts";
import { countSeverities, type Scanner } from "./scanner.ts";

const findingOf = (one: Finding) => ({
  name: one.name,
  description:
    one.title === one.name || one.description.includes(one.title)
      ? one.description
      : `${one.title}. ${one.description}`,
  ...(one.uri === "" ? {} : { uri: one.uri }),
  severity: one.severity,
  attributes: [
    { key: "package_name", value: one.package },
    { key: "package_version", value: one.version },
    ...(one.fixedIn === undefined ? [] : [{ key: "fixed_in_version", value: one.fixedIn }]),
    ...(one.score === undefined ? [] : [{ key: "CVSS3_SCORE", value: String(one.score) }]),
  ],
});

/** Scans of images, as ECR's basic scanning tells of them. */
export const createScanOperations = (deps: {
  store: RegistryStore;
  names: Names;
  scanner: Scanner;
}): Record<string, JsonOperation> => {
  const { store, names, scanner } = deps;
  const find = (input: JsonObject): { repository: string; image: StoredImage; imageId: object } => {
    const repository = store.getRepository(readText(input, "repositoryName")).name;
    const [id = {}] = readImageIds([input.imageId]);
    const image = store.findImage(repository, id);
    if (!image)
      throw new AwsError(
        "ImageNotFoundException",
        `The image with imageId {imageDigest:'${id.digest ?? "null"}', imageTag:'${id.tag ?? "null"}'} does not exist within the repository with name '${repository}' in the registry with id '${names.registryId}'`,
      );
    const imageId = { imageDigest: image.digest, ...(id.tag === undefined ? {} : { imageTag: id.tag }) };
    return { repository, image, imageId };
  };
  return {
    StartImageScan: (input) => {
      const { repository, image, imageId } = find(input);
      if (/(image\.index|manifest\.list)/.test(image.mediaType))
        throw new AwsError("UnsupportedImageTypeException", `The image '${image.digest}' is a list of images.`);
      if (store.findScan(repository, image.digest)?.status !== "IN_PROGRESS") scanner.start(repository, image.digest);
      return {
        registryId: names.registryId,
        repositoryName: repository,
        imageId,
        imageScanStatus: { status: "IN_PROGRESS" },
      };
    },
    DescribeImageScanFindings: (input) => {
      const { repository, image, imageId } = find(input);
      const scan = store.findScan(repository, image.digest);
      if (!scan)
        throw new AwsError(
          "ScanNotFoundException",
          `Image scan does not exist for the image with '${JSON.stringify(imageId)}' in the repository with name '${repository}' in the registry with id '${names.registryId}'`,
        );
      const limit = readCount(input, "maxResults", 1000, 100);
      const from = Number(names.readCursor(readOptionalText(input, "nextToken")) || "0");
      const { result } = scan;
      return {
        registryId: names.registryId,
        repositoryName: repository,
        imageId,
        imageScanStatus: { status: scan.status, description: scan.description },
        ...(result
          ? {
              imageScanFindings: {
                imageScanCompletedAt: result.completedMs / 1000,
                vulnerabilitySourceUpdatedAt: result.advisoriesMs / 1000,
                findingSeverityCounts: countSeverities(result.findings),
                findings: result.findings.slice(from, from + limit).map(findingOf),
              },
            }
          : {}),
        ...(result && result.findings.length > from + limit
          ? { nextToken: names.makeCursor(String(from + limit)) }
          : {}),
      };
    },
  };
};
