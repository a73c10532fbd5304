import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../kernel/testing.ts";
import { createSecrets, type Secrets } from "./index.ts";

describe("Secrets Manager", () => {
  let dir: string;
  let client: SecretsManagerClient;
  let held: Secrets;
  let stop: () => Promise<void>;
  const start = async () => {
    const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
    held = createSecrets({ dir, identity: { region: TEST_REGION, accountId: TEST_ACCOUNT } });
    front.addService(held.service);
    front.markReady();
    client = new SecretsManagerClient(createClientSettings(front.url));
    stop = async () => {
      client.destroy();
      await front.close();
      await held.service.close();
    };
  };
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "samla-secrets-"));
    await start();
  });
  afterAll(async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
  });

  it("keeps a value over a restart, the one before it as AWSPREVIOUS, in a file for its owner alone", async () => {
    const { ARN } = await client.send(new CreateSecretCommand({ Name: "samla/test/sync", SecretString: "one" }));
    expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-north-1:000000000000:secret:samla\/test\/sync-[A-Za-z0-9]{6}$/);
    await client.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: "two" }));
    await stop();
    await start();
    const get = (VersionStage?: string) =>
      client.send(new GetSecretValueCommand({ SecretId: "samla/test/sync", VersionStage }));
    expect((await get()).SecretString).toBe("two");
    expect((await get("AWSPREVIOUS")).SecretString).toBe("one");
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: ARN }));
    expect(Object.values(VersionIdsToStages ?? {}).sort()).toEqual([["AWSCURRENT"], ["AWSPREVIOUS"]]);
    expect((await stat(path.join(dir, "secrets", "secrets.db"))).mode & 0o077).toBe(0);
    await expect(client.send(new CreateSecretCommand({ Name: "samla/test/sync", SecretString: "x" }))).rejects.toThrow(
      ResourceExistsException,
    );
  });

  it("hands tasks a secret, a member of a JSON secret, or the cause in Secrets Manager's words", async () => {
    const { ARN = "" } = await client.send(
      new CreateSecretCommand({ Name: "json", SecretString: '{"clientId":"sync","port":1}' }),
    );
    expect(held.secrets.read(ARN)).toBe('{"clientId":"sync","port":1}');
    expect(held.secrets.read(`${ARN}:clientId::`)).toBe("sync");
    expect(held.secrets.read(`${ARN}:port:AWSCURRENT:`)).toBe("1");
    expect(held.secrets.read(ARN.slice(0, -7))).toBe('{"clientId":"sync","port":1}');
    expect(() => held.secrets.read(`${ARN}:absent::`)).toThrow("did not contain json key absent");
    expect(() => held.secrets.read(`${ARN}-not`)).toThrow(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    );
    expect(() => held.secrets.read("arn:aws:ssm:eu-north-1:000000000000:parameter/x")).toThrow("Parameter Store");
  });

  it("deletes with a way back, or for good when told to", async () => {
    await client.send(new CreateSecretCommand({ Name: "goes", SecretString: "x" }));
    await client.send(new DeleteSecretCommand({ SecretId: "goes" }));
    await expect(client.send(new GetSecretValueCommand({ SecretId: "goes" }))).rejects.toThrow(InvalidRequestException);
    await client.send(new RestoreSecretCommand({ SecretId: "goes" }));
    expect((await client.send(new GetSecretValueCommand({ SecretId: "goes" }))).SecretString).toBe("x");
    await client.send(new DeleteSecretCommand({ SecretId: "goes", ForceDeleteWithoutRecovery: true }));
    await expect(client.send(new DescribeSecretCommand({ SecretId: "goes" }))).rejects.toThrow(
      ResourceNotFoundException,
    );
    const { SecretList } = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["samla/"] }] }),
    );
    expect(SecretList?.map(({ Name }) => Name)).toEqual(["samla/test/sync"]);
  });

  it("answers what it does not hold with 501 and its name", async () => {
    await expect(client.send(new RotateSecretCommand({ SecretId: "json" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
      message: expect.stringContaining("RotateSecret"),
    });
  });
});
