import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const lifetimeMs = 12 * 3600 * 1000;
const passLifetimeMs = 3600 * 1000;

/** Tokens for the registry: they say until when they hold and are signed with a key that lives as long as the process. */
export type TokenIssuer = {
  /** What GetAuthorizationToken answers: base64 of `AWS:<password>`. */
  issue(nowMs: number): { token: string; expiresAtMs: number };
  /** Whether an Authorization header carries one that still holds. */
  accepts(authorization: string | undefined, nowMs: number): boolean;
  /** A right for one thing, good for an hour, as addresses of layers carry it. */
  issuePass(subject: string, nowMs: number): string;
  acceptsPass(subject: string, pass: string | null, nowMs: number): boolean;
};

export const createTokenIssuer = (key: Uint8Array = randomBytes(32)): TokenIssuer => {
  const sign = (text: string): string => createHmac("sha256", key).update(text).digest("base64url");
  return {
    issuePass(subject, nowMs) {
      const expires = String(nowMs + passLifetimeMs);
      return `${expires}.${sign(`${subject} ${expires}`)}`;
    },
    acceptsPass(subject, pass, nowMs) {
      const [, expires, signature] = /^(\d{1,16})\.([\w-]{43})$/.exec(pass ?? "") ?? [];
      if (!expires || !signature || Number(expires) <= nowMs) return false;
      return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(`${subject} ${expires}`)));
    },
    issue(nowMs) {
      const expiresAtMs = nowMs + lifetimeMs;
      const password = `${expiresAtMs}.${sign(String(expiresAtMs))}`;
      return { token: Buffer.from(`AWS:${password}`).toString("base64"), expiresAtMs };
    },
    accepts(authorization, nowMs) {
      const encoded = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization ?? "")?.[1];
      if (!encoded) return false;
      const [, expires, signature] =
        /^AWS:(\d{1,16})\.([\w-]{43})$/.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
      if (!expires || !signature || Number(expires) <= nowMs) return false;
      return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(expires)));
    },
  };
};
