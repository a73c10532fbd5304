import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { readImageIds, readTags, readText } from "./input.ts";
import { parseManifest, sizeOfImage } from "./manifest.ts";
import type { Names } from "./names.ts";
import type { RegistryStore, RepositorySettings } from "./store.ts";

type Rule = {
  destinations: { region: string; registryId: string }[];
  repositoryFilters?: { filter: string; filterType: string }[];
};
type Template = {
  prefix: string;
  description?: string;
  appliedFor: string[];
  createdMs: number;
  settings: RepositorySettings;
};

const refuse = (why: string): never => {
  throw new AwsError("InvalidParameterException", why);
};

const readRules = (input: JsonObject, home: string): Rule[] => {
  const { rules } = (input.replicationConfiguration ?? {}) as { rules?: unknown };
  if (!Array.isArray(rules) || rules.length > 10)
    return refuse("replicationConfiguration.rules must be a list of at most 10.");
  for (const { destinations, repositoryFilters = [] } of rules as Rule[]) {
    if (!Array.isArray(destinations) || destinations.length === 0 || destinations.length > 25)
      refuse("A rule has 1 to 25 destinations.");
    for (const one of destinations) {
      if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(one?.region ?? "") || !/^\d{12}$/.test(one?.registryId ?? ""))
        refuse("A destination has a region and a registryId.");
      if (one.region === home) refuse("A destination may not be the registry itself.");
    }
    for (const { filterType } of repositoryFilters)
      if (filterType !== "PREFIX_MATCH") refuse("The only filterType is PREFIX_MATCH.");
  }
  return rules as Rule[];
};

const plain: RepositorySettings = {
  tagMutability: "MUTABLE",
  scanOnPush: false,
  encryption: { encryptionType: "AES256" },
  tags: {},
};

export type Replicator = {
  /** Copies an image that was pushed, by the rules of now. */
  push(repository: string, digest: string, tag: string | undefined): void;
  settled(): Promise<void>;
  operations: Record<string, JsonOperation>;
};

/**
 * Copies of images in other regions of the account, as ECR makes them: what is pushed while a rule covers it, into a
 * repository of the same name, which is made by the region's creation template or with plain settings, never with those of
 * here. Copies that were under way when the process ended are made when it starts.
 */
export const createReplicator = (deps: {
  store: RegistryStore;
  names: Names;
  home: string;
  /** The registry of a region; blobs are shared. */
  storeIn: (region: string) => RegistryStore;
  onPush: (region: string, repository: string, digest: string, tag: string | undefined) => void;
  now: () => number;
}): Replicator => {
  const { store, names, home, now } = deps;
  let queue = Promise.resolve();

  const templates = (from: RegistryStore): Template[] => (from.getSetting("templates") as Template[] | undefined) ?? [];

  const copy = (repository: string, digest: string, region: string): void => {
    const image = store.findImage(repository, { digest });
    if (!image) return;
    const target = deps.storeIn(region);
    const settings = templates(target)
      .filter(
        ({ prefix, appliedFor }) =>
          appliedFor.includes("REPLICATION") && (prefix === "ROOT" || repository.startsWith(`${prefix}/`)),
      )
      .sort((a, b) => b.prefix.length - a.prefix.length)[0]?.settings;
    if (!target.findRepository(repository)) target.createRepository(repository, settings ?? plain, now());
    const parsed = parseManifest(image.manifest, image.mediaType);
    for (const blob of [parsed.config, ...parsed.layers]) if (blob) target.addLayer(repository, blob.digest);
    const sizeBytes = sizeOfImage(parsed, image.manifest.length);
    for (const tag of image.tags.length > 0 ? image.tags : [undefined])
      try {
        target.putImage(repository, { digest, manifest: image.manifest, parsed, sizeBytes, tag }, now());
        deps.onPush(region, repository, digest, tag);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== "ImageAlreadyExistsException") throw error;
      }
  };

  const enqueue = (repository: string, digest: string, region: string, registryId: string): void => {
    store.putReplication(repository, digest, { region, status: "IN_PROGRESS" });
    queue = queue.then(() => {
      try {
        if (registryId !== names.registryId)
          throw new AwsError("AccessDenied", "Registries of other accounts are not kept here.");
        copy(repository, digest, region);
        if (store.findImage(repository, { digest }))
          store.putReplication(repository, digest, { region, status: "COMPLETE" });
      } catch (error) {
        const failure = error instanceof AwsError ? error.code : "InternalError";
        if (store.findImage(repository, { digest }))
          store.putReplication(repository, digest, { region, status: "FAILED", failure });
      }
    });
  };
  const rulesNow = (): Rule[] => (store.getSetting("replication") as Rule[] | undefined) ?? [];
  for (const one of store.listReplicationsUnderWay()) enqueue(one.repository, one.digest, one.region, names.registryId);

  const describeTemplate = (one: Template) => ({
    prefix: one.prefix,
    ...(one.description === undefined ? {} : { description: one.description }),
    appliedFor: one.appliedFor,
    imageTagMutability: one.settings.tagMutability,
    encryptionConfiguration: one.settings.encryption,
    ...(one.settings.lifecyclePolicy === undefined ? {} : { lifecyclePolicy: one.settings.lifecyclePolicy }),
    ...(one.settings.policy === undefined ? {} : { repositoryPolicy: one.settings.policy }),
    createdAt: one.createdMs / 1000,
    updatedAt: one.createdMs / 1000,
  });

  return {
    push(repository, digest) {
      for (const { destinations, repositoryFilters = [] } of rulesNow())
        if (repositoryFilters.length === 0 || repositoryFilters.some(({ filter }) => repository.startsWith(filter)))
          for (const { region, registryId } of destinations) enqueue(repository, digest, region, registryId);
    },
    settled: () => queue,
    operations: {
      PutReplicationConfiguration: (input) => {
        const rules = readRules(input, home);
        store.putSetting("replication", rules);
        return { replicationConfiguration: { rules } };
      },
      DescribeRegistry: () => ({ registryId: names.registryId, replicationConfiguration: { rules: rulesNow() } }),
      DescribeImageReplicationStatus: (input) => {
        const repository = store.getRepository(readText(input, "repositoryName")).name;
        const [id = {}] = readImageIds([input.imageId]);
        const image = store.findImage(repository, id);
        if (!image)
          throw new AwsError(
            "ImageNotFoundException",
            `The image does not exist within the repository with name '${repository}'`,
          );
        return {
          repositoryName: repository,
          imageId: { imageDigest: image.digest, ...(id.tag === undefined ? {} : { imageTag: id.tag }) },
          replicationStatuses: store.listReplications(repository, image.digest).map(({ region, status, failure }) => ({
            region,
            registryId: names.registryId,
            status,
            ...(failure === undefined ? {} : { failureCode: failure }),
          })),
        };
      },
      CreateRepositoryCreationTemplate: (input) => {
        const prefix = readText(input, "prefix");
        const mine = templates(store);
        if (mine.some((one) => one.prefix === prefix))
          throw new AwsError("TemplateAlreadyExistsException", `A template for the prefix '${prefix}' exists already.`);
        const { encryptionType = "AES256", kmsKey } = (input.encryptionConfiguration ?? {}) as {
          encryptionType?: string;
          kmsKey?: string;
        };
        const template: Template = {
          prefix,
          appliedFor: Array.isArray(input.appliedFor)
            ? input.appliedFor.map(String)
            : refuse("appliedFor is required."),
          createdMs: now(),
          ...(typeof input.description === "string" ? { description: input.description } : {}),
          settings: {
            tagMutability: input.imageTagMutability === "IMMUTABLE" ? "IMMUTABLE" : "MUTABLE",
            scanOnPush: false,
            encryption: { encryptionType, ...(kmsKey ? { kmsKey } : {}) },
            ...(typeof input.lifecyclePolicy === "string" ? { lifecyclePolicy: input.lifecyclePolicy } : {}),
            ...(typeof input.repositoryPolicy === "string" ? { policy: input.repositoryPolicy } : {}),
            tags: readTags(input.resourceTags),
          },
        };
        store.putSetting("templates", [...mine, template]);
        return { registryId: names.registryId, repositoryCreationTemplate: describeTemplate(template) };
      },
      DescribeRepositoryCreationTemplates: (input) => {
        const wanted = Array.isArray(input.prefixes) ? input.prefixes : undefined;
        const found = templates(store).filter(({ prefix }) => wanted === undefined || wanted.includes(prefix));
        return { registryId: names.registryId, repositoryCreationTemplates: found.map(describeTemplate) };
      },
      DeleteRepositoryCreationTemplate: (input) => {
        const prefix = readText(input, "prefix");
        const found = templates(store).find((one) => one.prefix === prefix);
        if (!found) throw new AwsError("TemplateNotFoundException", `There is no template for the prefix '${prefix}'.`);
        store.putSetting(
          "templates",
          templates(store).filter((one) => one.prefix !== prefix),
        );
        return { registryId: names.registryId, repositoryCreationTemplate: describeTemplate(found) };
      },
    },
  };
};
