import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { readCount, readOptionalText, readTags, readText } from "./input.ts";
import { parseLifecyclePolicy } from "./lifecycle.ts";
import type { Names } from "./names.ts";
import type { RegistryStore, Repository, RepositorySettings } from "./store.ts";

const namePattern = /^(?=.{2,256}$)[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/;

const readMutability = (value: string | undefined): RepositorySettings["tagMutability"] => {
  if (value === undefined || value === "MUTABLE") return "MUTABLE";
  if (value === "IMMUTABLE") return "IMMUTABLE";
  throw new AwsError("InvalidParameterException", `The tag mutability ${value} is not kept here.`);
};

const readScanOnPush = (input: JsonObject): boolean =>
  (input.imageScanningConfiguration as { scanOnPush?: unknown } | undefined)?.scanOnPush === true;

/** Repositories and their settings. */
export const createRepositoryOperations = (
  store: RegistryStore,
  names: Names,
  now: () => number,
): Record<string, JsonOperation> => {
  const describe = ({ name, createdMs, settings }: Repository) => ({
    repositoryArn: names.arnOf(name),
    registryId: names.registryId,
    repositoryName: name,
    repositoryUri: names.uriOf(name),
    createdAt: createdMs / 1000,
    imageTagMutability: settings.tagMutability,
    imageScanningConfiguration: { scanOnPush: settings.scanOnPush },
    encryptionConfiguration: settings.encryption,
  });
  const nameOf = (input: JsonObject): string => readText(input, "repositoryName");
  const ofArn = (input: JsonObject): string => names.nameOfArn(readText(input, "resourceArn"));
  const naming = (name: string) => ({ registryId: names.registryId, repositoryName: name });
  const policyOf = (name: string): string => {
    const text = store.getRepository(name).settings.lifecyclePolicy;
    if (text === undefined)
      throw new AwsError(
        "LifecyclePolicyNotFoundException",
        `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${names.registryId}'`,
      );
    return text;
  };

  return {
    CreateRepository: (input) => {
      const name = nameOf(input);
      if (!namePattern.test(name))
        throw new AwsError(
          "InvalidParameterException",
          `Invalid parameter at 'repositoryName': '${name}' must be 2 to 256 small letters, digits and separators.`,
        );
      const encryption = (input.encryptionConfiguration ?? {}) as { encryptionType?: string; kmsKey?: string };
      return {
        repository: describe(
          store.createRepository(
            name,
            {
              tagMutability: readMutability(readOptionalText(input, "imageTagMutability")),
              scanOnPush: readScanOnPush(input),
              encryption: {
                encryptionType: encryption.encryptionType ?? "AES256",
                ...(encryption.kmsKey ? { kmsKey: encryption.kmsKey } : {}),
              },
              tags: readTags(input.tags),
            },
            now(),
          ),
        ),
      };
    },
    DescribeRepositories: (input) => {
      const wanted = input.repositoryNames;
      if (Array.isArray(wanted))
        return { repositories: wanted.map((name) => describe(store.getRepository(String(name)))) };
      const limit = readCount(input, "maxResults", 1000, 100);
      const after = names.readCursor(readOptionalText(input, "nextToken"));
      const found = store.listRepositories(after, limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        repositories: page.map(describe),
        ...(found.length > limit && last ? { nextToken: names.makeCursor(last.name) } : {}),
      };
    },
    DeleteRepository: (input) => {
      const found = store.getRepository(nameOf(input));
      if (input.force !== true && store.listImages(found.name, "", 1).length > 0)
        throw new AwsError(
          "RepositoryNotEmptyException",
          `The repository with name '${found.name}' in registry with id '${names.registryId}' cannot be deleted because it still contains images`,
        );
      store.deleteRepository(found.name);
      return { repository: describe(found) };
    },
    PutImageTagMutability: (input) => {
      const tagMutability = readMutability(readText(input, "imageTagMutability"));
      const { name } = store.changeRepository(nameOf(input), (settings) => ({ ...settings, tagMutability }));
      return { ...naming(name), imageTagMutability: tagMutability };
    },
    PutImageScanningConfiguration: (input) => {
      const scanOnPush = readScanOnPush(input);
      const { name } = store.changeRepository(nameOf(input), (settings) => ({ ...settings, scanOnPush }));
      return { ...naming(name), imageScanningConfiguration: { scanOnPush } };
    },
    PutLifecyclePolicy: (input) => {
      const lifecyclePolicy = readText(input, "lifecyclePolicyText");
      parseLifecyclePolicy(lifecyclePolicy);
      const { name } = store.changeRepository(nameOf(input), (settings) => ({ ...settings, lifecyclePolicy }));
      return { ...naming(name), lifecyclePolicyText: lifecyclePolicy };
    },
    GetLifecyclePolicy: (input) => ({ ...naming(nameOf(input)), lifecyclePolicyText: policyOf(nameOf(input)) }),
    DeleteLifecyclePolicy: (input) => {
      const text = policyOf(nameOf(input));
      store.changeRepository(nameOf(input), ({ lifecyclePolicy: _, ...settings }) => settings);
      return { ...naming(nameOf(input)), lifecyclePolicyText: text };
    },
    ListTagsForResource: (input) => ({
      tags: Object.entries(store.getRepository(ofArn(input)).settings.tags).map(([Key, Value]) => ({ Key, Value })),
    }),
    TagResource: (input) => {
      store.changeRepository(ofArn(input), (settings) => ({
        ...settings,
        tags: { ...settings.tags, ...readTags(input.tags) },
      }));
      return {};
    },
    UntagResource: (input) => {
      const gone = new Set(Array.isArray(input.tagKeys) ? input.tagKeys : []);
      store.changeRepository(ofArn(input), (settings) => ({
        ...settings,
        tags: Object.fromEntries(Object.entries(settings.tags).filter(([key]) => !gone.has(key))),
      }));
      return {};
    },
  };
};
