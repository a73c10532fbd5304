import "server-only";
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

// A key for each purpose, so that a value sealed for one cannot be used for another.
const keyOf = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "samla-console", purpose, 32));

/** Encrypts and authenticates JSON (AES-256-GCM, RFC 5116); base64url of nonce, tag and ciphertext. */
export const seal = (secret: string, purpose: string, value: unknown): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret, purpose), nonce);
  const body = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
};

/** The value, or undefined when it was sealed with another secret or purpose, or was changed. */
export const unseal = (secret: string, purpose: string, sealed: string): unknown => {
  try {
    const bytes = Buffer.from(sealed, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", keyOf(secret, purpose), bytes.subarray(0, 12), {
      authTagLength: 16,
    });
    decipher.setAuthTag(bytes.subarray(12, 28));
    const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const macOf = (secret: string, value: string): Buffer =>
  createHmac("sha256", keyOf(secret, "session-cookie")).update(value).digest();

/** `value.mac`: lets a forged session id be refused without asking the table. */
export const sign = (secret: string, value: string): string => `${value}.${macOf(secret, value).toString("base64url")}`;

/** The signed value, or undefined when the signature does not fit. */
export const unsign = (secret: string, signed: string): string | undefined => {
  const at = signed.lastIndexOf(".");
  if (at < 1) return undefined;
  const value = signed.slice(0, at);
  const given = Buffer.from(signed.slice(at + 1), "base64url");
  const right = macOf(secret, value);
  return given.length === right.length && timingSafeEqual(given, right) ? value : undefined;
};

export const createSessionId = (): string => randomBytes(32).toString("base64url");
export const hashSessionId = (id: string): string => createHash("sha256").update(id).digest("hex");
