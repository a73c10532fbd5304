import { mkdirSync } from "node:fs";
import path from "node:path";
import type { SecretPort } from "../kernel/container-ports.ts";
import { AwsError } from "../kernel/errors.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Identity, Service } from "../kernel/types.ts";
import { createSecretOperations, findSecret, findVersion } from "./operations.ts";
import { SecretStore } from "./store.ts";

export type Secrets = { service: Service; secrets: SecretPort };

/** `arn[:json-key[:version-stage[:version-id]]]`: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
const parseValueFrom = (valueFrom: string) => {
  const parts = valueFrom.split(":");
  if (parts[0] !== "arn") return { reference: valueFrom, key: undefined, stage: undefined, id: undefined };
  const [key, stage, id] = parts.slice(7).map((part) => part || undefined);
  return { reference: parts.slice(0, 7).join(":"), key, stage, id };
};

/** Secrets Manager (`secretsmanager`): values with versions, deletion with a recovery window. */
export const createSecrets = (options: { dir: string; identity: Identity; now?: () => number }): Secrets => {
  const { identity, now = Date.now } = options;
  const dir = path.join(options.dir, "secrets");
  // The log beside the database is as private as the folder is.
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const store = new SecretStore(dir);
  for (const secret of store.list())
    if (secret.purgeAt !== undefined && secret.purgeAt < now() / 1000) store.delete(secret.name);

  const read = (valueFrom: string): string => {
    const { reference, key, stage, id } = parseValueFrom(valueFrom);
    if (/^arn:[^:]*:ssm:/.test(reference) || !reference.startsWith("arn:"))
      throw new Error("Parameter Store is not held by the local stand-in; give the ARN of a secret.");
    const { secretString } = findVersion(findSecret(store, reference), { id, stage });
    if (secretString === undefined) throw new Error("the secret has no SecretString");
    if (key === undefined) return secretString;
    let parsed: unknown;
    try {
      parsed = JSON.parse(secretString);
    } catch {
      throw new Error(
        `invalid character looking for beginning of value: the secret is no JSON, but the key ${key} is asked for`,
      );
    }
    const value = (parsed as Record<string, unknown> | null)?.[key];
    if (value === undefined) throw new Error(`retrieved secret from Secrets Manager did not contain json key ${key}`);
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  return {
    service: createJsonService({
      name: "Secrets Manager",
      scopes: ["secretsmanager"],
      protocol: "1.1",
      operations: createSecretOperations(store, identity, now),
      close: async () => store.close(),
    }),
    secrets: {
      read(valueFrom) {
        try {
          return read(valueFrom);
        } catch (error) {
          if (error instanceof AwsError) throw new Error(`${error.code}: ${error.message}`);
          throw error;
        }
      },
    },
  };
};
