import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

/** The issuer's private signing key and the secret of its cookies. */
export type IssuerKeys = { signingKey: JWK & { kid: string }; cookieSecret: string };

function isIssuerKeys(value: unknown): value is IssuerKeys {
  if (typeof value !== "object" || value === null || !("signingKey" in value && "cookieSecret" in value)) return false;
  const { signingKey, cookieSecret } = value;
  return (
    typeof cookieSecret === "string" && typeof signingKey === "object" && signingKey !== null && "kid" in signingKey
  );
}

/**
 * Reads `issuer-keys.json` in `dir`, or makes it (readable by its owner only). Tokens signed before a restart stay
 * valid because the key stays.
 * @throws when the file is there and cannot be understood
 */
export async function loadIssuerKeys(dir: string): Promise<IssuerKeys> {
  const file = path.join(dir, "issuer-keys.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) {
    const keys: unknown = JSON.parse(text);
    if (isIssuerKeys(keys)) return keys;
    throw new Error(`${file} does not hold the issuer's keys. Delete it; everyone must then sign in again.`);
  }
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const keys: IssuerKeys = {
    signingKey: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "RS256", use: "sig" },
    cookieSecret: randomBytes(32).toString("base64url"),
  };
  await mkdir(dir, { recursive: true });
  // Written beside and renamed: a crash leaves either no file or a whole one.
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, JSON.stringify(keys), { mode: 0o600 });
  await rename(partial, file);
  return keys;
}
