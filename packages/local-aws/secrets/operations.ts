import { randomBytes, randomUUID } from "node:crypto";
import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import type { Identity } from "../kernel/types.ts";
import type { SecretRecord, SecretStore, SecretVersion } from "./store.ts";

const VALUE_MAX_BYTES = 65_536;
const RECOVERY_DAYS = 30;
const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

const refuse = (message: string): never => {
  throw new AwsError("InvalidParameterException", message);
};

const readOptionalText = (input: JsonObject, name: string): string | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : refuse(`${name} must be a string.`);
};

const readText = (input: JsonObject, name: string): string =>
  readOptionalText(input, name) || refuse(`You must provide a value for the ${name} parameter.`);

const readTags = (value: unknown): Record<string, string> =>
  Array.isArray(value)
    ? Object.fromEntries(value.map((one: { Key?: string; Value?: string }) => [one?.Key ?? "", one?.Value ?? ""]))
    : {};

/** @throws AwsError `ResourceNotFoundException`, `InvalidRequestException` when it is marked for deletion */
export const findSecret = (store: SecretStore, reference: string, isDeletedToo = false): SecretRecord => {
  const found = store.find(reference);
  if (!found) throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  if (found.deletedAt !== undefined && !isDeletedToo)
    throw new AwsError(
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  return found;
};

/** @throws AwsError `ResourceNotFoundException` */
export const findVersion = (secret: SecretRecord, wanted: { id?: string; stage?: string }): SecretVersion => {
  const stage = wanted.stage ?? (wanted.id === undefined ? CURRENT : undefined);
  const found = secret.versions.find(
    (one) => (wanted.id === undefined || one.id === wanted.id) && (stage === undefined || one.stages.includes(stage)),
  );
  if (found) return found;
  throw new AwsError(
    "ResourceNotFoundException",
    stage === undefined
      ? `Secrets Manager can't find the specified secret value for VersionId: ${wanted.id}`
      : `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
  );
};

/** Secrets with their versions; a new value becomes AWSCURRENT and the one before AWSPREVIOUS. */
export const createSecretOperations = (
  store: SecretStore,
  { region, accountId }: Identity,
  now: () => number,
): Record<string, JsonOperation> => {
  const seconds = (): number => now() / 1000;
  const stagesOf = (secret: SecretRecord): Record<string, string[]> =>
    Object.fromEntries(secret.versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]));
  const naming = (secret: SecretRecord) => ({ ARN: secret.arn, Name: secret.name });
  const describe = (secret: SecretRecord) => ({
    ...naming(secret),
    Description: secret.description,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    LastAccessedDate: secret.accessedAt,
    DeletedDate: secret.deletedAt,
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
  });

  const addVersion = (secret: SecretRecord, input: JsonObject, token: string): SecretVersion => {
    const secretString = readOptionalText(input, "SecretString");
    const secretBinary = readOptionalText(input, "SecretBinary");
    if ((secretString === undefined) === (secretBinary === undefined))
      return refuse("You must provide either SecretString or SecretBinary.");
    if (Buffer.byteLength(secretString ?? secretBinary ?? "") > VALUE_MAX_BYTES)
      return refuse(`The secret value is longer than ${VALUE_MAX_BYTES} bytes.`);
    const known = secret.versions.find(({ id }) => id === token);
    if (known) {
      if (known.secretString === secretString && known.secretBinary === secretBinary) return known;
      throw new AwsError("ResourceExistsException", "A version with this ClientRequestToken holds another value.");
    }
    const stages = Array.isArray(input.VersionStages) ? input.VersionStages.map(String) : [CURRENT];
    for (const one of secret.versions) {
      if (stages.includes(CURRENT)) {
        const wasCurrent = one.stages.includes(CURRENT);
        one.stages = one.stages.filter((stage) => stage !== CURRENT && stage !== PREVIOUS);
        if (wasCurrent) one.stages.push(PREVIOUS);
      }
      one.stages = one.stages.filter((stage) => !stages.includes(stage));
    }
    const version: SecretVersion = {
      id: token,
      createdAt: seconds(),
      ...(secretString === undefined ? { secretBinary } : { secretString }),
      stages,
    };
    // Versions without a label are no longer reached by anyone.
    secret.versions = [...secret.versions.filter((one) => one.stages.length > 0), version];
    secret.changedAt = seconds();
    return version;
  };
  const tokenOf = (input: JsonObject): string => readOptionalText(input, "ClientRequestToken") ?? randomUUID();

  return {
    CreateSecret: (input) => {
      const name = readText(input, "Name");
      if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
        return refuse(
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        );
      for (const member of ["AddReplicaRegions", "KmsKeyId", "Type"])
        if (input[member] !== undefined && (input[member] as unknown[]).length !== 0)
          throw createNotImplementedError("Secrets Manager", `CreateSecret with ${member}`);
      const known = store.find(name);
      if (known?.deletedAt !== undefined)
        throw new AwsError(
          "InvalidRequestException",
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      if (known)
        throw new AwsError(
          "ResourceExistsException",
          `The operation failed because the secret ${name} already exists.`,
        );
      const suffix = randomBytes(16)
        .toString("base64")
        .replaceAll(/[^A-Za-z0-9]/g, "")
        .slice(0, 6)
        .padEnd(6, "x");
      const secret: SecretRecord = {
        name,
        arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`,
        ...(readOptionalText(input, "Description") === undefined
          ? {}
          : { description: readText(input, "Description") }),
        createdAt: seconds(),
        changedAt: seconds(),
        tags: readTags(input.Tags),
        versions: [],
      };
      const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
      const version = hasValue ? addVersion(secret, { ...input, VersionStages: undefined }, tokenOf(input)) : undefined;
      store.save(secret);
      return { ...naming(secret), VersionId: version?.id };
    },
    PutSecretValue: (input) => {
      const secret = findSecret(store, readText(input, "SecretId"));
      const version = addVersion(secret, input, tokenOf(input));
      store.save(secret);
      return { ...naming(secret), VersionId: version.id, VersionStages: version.stages };
    },
    UpdateSecret: (input) => {
      const secret = findSecret(store, readText(input, "SecretId"));
      const description = readOptionalText(input, "Description");
      if (description !== undefined) secret.description = description;
      const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
      const version = hasValue ? addVersion(secret, { ...input, VersionStages: undefined }, tokenOf(input)) : undefined;
      secret.changedAt = seconds();
      store.save(secret);
      return { ...naming(secret), VersionId: version?.id };
    },
    GetSecretValue: (input) => {
      const secret = findSecret(store, readText(input, "SecretId"));
      const version = findVersion(secret, {
        id: readOptionalText(input, "VersionId"),
        stage: readOptionalText(input, "VersionStage"),
      });
      secret.accessedAt = Math.floor(seconds() / 86_400) * 86_400;
      store.save(secret);
      return {
        ...naming(secret),
        VersionId: version.id,
        SecretString: version.secretString,
        SecretBinary: version.secretBinary,
        VersionStages: version.stages,
        CreatedDate: version.createdAt,
      };
    },
    DescribeSecret: (input) => {
      const secret = findSecret(store, readText(input, "SecretId"), true);
      return { ...describe(secret), VersionIdsToStages: stagesOf(secret) };
    },
    ListSecrets: (input) => {
      const filters = Array.isArray(input.Filters) ? (input.Filters as { Key?: string; Values?: string[] }[]) : [];
      const matches = (secret: SecretRecord): boolean =>
        filters.every(({ Key, Values = [] }) => {
          if (Key === "name") return Values.some((value) => secret.name.startsWith(value));
          if (Key === "tag-key") return Values.some((value) => secret.tags[value] !== undefined);
          if (Key === "tag-value") return Values.some((value) => Object.values(secret.tags).includes(value));
          throw createNotImplementedError("Secrets Manager", `ListSecrets with the filter ${Key}`);
        });
      const isDeletedToo = input.IncludePlannedDeletion === true;
      const found = store.list().filter((one) => (isDeletedToo || one.deletedAt === undefined) && matches(one));
      const limit = typeof input.MaxResults === "number" ? Math.min(100, Math.max(1, input.MaxResults)) : 100;
      const after = readOptionalText(input, "NextToken") ?? "";
      const rest = found.filter(({ name }) => name > after);
      const page = rest.slice(0, limit);
      return {
        SecretList: page.map((one) => ({ ...describe(one), SecretVersionsToStages: stagesOf(one) })),
        NextToken: rest.length > limit ? page.at(-1)?.name : undefined,
      };
    },
    DeleteSecret: (input) => {
      const isForced = input.ForceDeleteWithoutRecovery === true;
      const reference = readText(input, "SecretId");
      const secret = findSecret(store, reference, isForced);
      const days = input.RecoveryWindowInDays ?? RECOVERY_DAYS;
      if (isForced && input.RecoveryWindowInDays !== undefined)
        return refuse("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
      if (typeof days !== "number" || days < 7 || days > 30)
        return refuse("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
      if (isForced) {
        store.delete(secret.name);
        return { ...naming(secret), DeletionDate: seconds() };
      }
      secret.deletedAt = seconds();
      secret.purgeAt = seconds() + days * 86_400;
      store.save(secret);
      return { ...naming(secret), DeletionDate: secret.purgeAt };
    },
    RestoreSecret: (input) => {
      const { deletedAt: _, purgeAt: __, ...secret } = findSecret(store, readText(input, "SecretId"), true);
      store.save(secret);
      return naming(secret);
    },
    TagResource: (input) => {
      const secret = findSecret(store, readText(input, "SecretId"));
      secret.tags = { ...secret.tags, ...readTags(input.Tags) };
      store.save(secret);
      return {};
    },
    UntagResource: (input) => {
      const secret = findSecret(store, readText(input, "SecretId"));
      const gone = new Set(Array.isArray(input.TagKeys) ? input.TagKeys : []);
      secret.tags = Object.fromEntries(Object.entries(secret.tags).filter(([key]) => !gone.has(key)));
      store.save(secret);
      return {};
    },
  };
};
