import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testEnvironment } from "../runtime/testing-env.ts";

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let issuer: Server;
/** Paths at which the issuer is down. */
const faults = new Set<string>();
let url = "";
let keys: Keys;
let strangers: Keys;
let handler: typeof import("./authorizer.ts").handler;

beforeAll(async () => {
  [keys, strangers] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  issuer = createServer((request, response) => {
    if (faults.has(request.url ?? "")) return void response.writeHead(503).end("<html>down</html>");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.url === "/keys" ? { keys: [jwk] } : { jwks_uri: `${url}/keys` }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  Object.assign(process.env, testEnvironment, { SAMLA_ISSUER_URL: url });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  ({ handler } = await import("./authorizer.ts"));
});
afterAll(() => void issuer.close());

const methodArn = "arn:aws:execute-api:eu-central-1:000000000000:api/v1/GET/documents/x";
const call = (authorization: string | undefined) =>
  handler({ methodArn, headers: authorization === undefined ? {} : { Authorization: authorization } } as never);

type Claims = Record<string, unknown>;
const person: Claims = {
  sub: "ada",
  client_id: "console",
  name: "Ada",
  "cognito:groups": ["admin", "board", "bad,one", 7],
  token_use: "access",
};
const sign = (claims: Claims, more: { key?: Keys; iss?: string; aud?: string; expires?: string; alg?: string } = {}) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: more.alg ?? "RS256", kid: "k1" })
    .setIssuer(more.iss ?? url)
    .setAudience(more.aud ?? testEnvironment.SAMLA_AUDIENCE ?? "")
    .setExpirationTime(more.expires ?? "5m")
    .sign((more.key ?? keys).privateKey);

describe("the authorizer", () => {
  it("tells who calls: a person with roles among the groups, and every route of the stage", async () => {
    const { context, policyDocument, principalId } = await call(`Bearer ${await sign(person)}`);
    expect(principalId).toBe("ada");
    expect(context).toEqual({
      sub: "ada",
      kind: "person",
      name: "Ada",
      email: "",
      roles: "admin",
      groups: "admin,board",
    });
    expect(policyDocument.Statement).toEqual([
      {
        Action: "execute-api:Invoke",
        Effect: "Allow",
        Resource: "arn:aws:execute-api:eu-central-1:000000000000:api/v1/*",
      },
    ]);
  });

  it("takes a client's own token for a machine, and the scheme in any case", async () => {
    const token = await sign({ sub: "robot", client_id: "robot", "cognito:groups": ["reader"] });
    expect((await call(`bearer ${token}`)).context).toMatchObject({ kind: "machine", sub: "robot", roles: "reader" });
    const cognito = await sign({ client_id: "robot" });
    expect((await call(`Bearer ${cognito}`)).context).toMatchObject({ kind: "machine", sub: "robot", roles: "" });
  });

  it("names the plan that meters a person, and that of machines for a machine, whatever the caller sends", async () => {
    expect((await call(`Bearer ${await sign(person)}`)).usageIdentifierKey).toBe("key-of-the-people-plan");
    const robot = await sign({ sub: "robot", client_id: "robot" });
    expect((await call(`Bearer ${robot}`)).usageIdentifierKey).toBe("key-of-the-machine-plan");
  });

  it("gives a machine the roles that its scopes name, and a person none", async () => {
    const scope = `openid ${testEnvironment.SAMLA_AUDIENCE}/editor https://other.test/admin ${testEnvironment.SAMLA_AUDIENCE}/owner`;
    const machine = await sign({ sub: "robot", client_id: "robot", scope });
    expect((await call(`Bearer ${machine}`)).context).toMatchObject({ kind: "machine", roles: "editor" });
    const ofPerson = await sign({ ...person, "cognito:groups": ["reader"], scope });
    expect((await call(`Bearer ${ofPerson}`)).context).toMatchObject({ kind: "person", roles: "reader" });
  });

  it("refuses every token that is not the issuer's own, for this API and of this time", async () => {
    const good = await sign(person);
    const [header = "", payload = "", signature = ""] = good.split(".");
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...person, iss: url, aud: testEnvironment.SAMLA_AUDIENCE, exp: now + 300 };
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(secret);
    const refused: [string, string | undefined][] = [
      ["none", undefined],
      ["empty", ""],
      ["no scheme", good],
      ["another scheme", `Basic ${good}`],
      ["no token", "Bearer x"],
      ["two tokens", `Bearer ${good} ${good}`],
      ["a cut signature", `Bearer ${header}.${payload}.${signature.slice(0, -6)}`],
      ["other claims", `Bearer ${header}.${encode({ ...claims, sub: "eve" })}.${signature}`],
      ["alg none", `Bearer ${encode({ alg: "none" })}.${encode(claims)}.`],
      ["a symmetric key", `Bearer ${symmetric}`],
      ["a stranger's key", `Bearer ${await sign(person, { key: strangers })}`],
      ["another issuer", `Bearer ${await sign(person, { iss: "https://evil.test" })}`],
      ["another audience", `Bearer ${await sign(person, { aud: "https://other.test" })}`],
      ["expired", `Bearer ${await sign(person, { expires: "-1m" })}`],
      ["an id token", `Bearer ${await sign({ ...person, token_use: "id" })}`],
      ["far too long", `Bearer ${"a".repeat(9000)}`],
    ];
    for (const [name, authorization] of refused)
      await expect(call(authorization), name).rejects.toThrow(/^Unauthorized$/);
    await expect(call(`Bearer ${good}`)).resolves.toBeDefined();
  });

  it("does not call it the caller's fault when the issuer is down, and goes on once it is up", async () => {
    const token = `Bearer ${await sign(person)}`;
    for (const path of ["/.well-known/openid-configuration", "/keys"]) {
      vi.resetModules();
      faults.add(path);
      const { handler: fresh } = await import("./authorizer.ts");
      const event = { methodArn, headers: { Authorization: token } } as never;
      for (let round = 0; round < 2; round += 1) await expect(fresh(event), path).rejects.not.toThrow(/^Unauthorized$/);
      faults.delete(path);
      await expect(fresh(event), path).resolves.toMatchObject({ principalId: "ada" });
    }
  });
});
