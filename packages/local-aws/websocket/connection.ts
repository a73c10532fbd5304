import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";

/** What is known of a caller from the handshake on. */
export type ConnectionInfo = {
  id: string;
  connectedMs: number;
  domainName: string;
  sourceIp: string;
  userAgent: string | undefined;
  /** What the authorizer said, as `requestContext.authorizer`; absent on an open API. */
  authorizer: Record<string, string> | undefined;
};

export type Connection = ConnectionInfo & { socket: WebSocket; lastActiveMs: number };

/** Looks like AWS's: 16 characters that end in `=`. */
export function createConnectionId(): string {
  return `${randomBytes(11).toString("base64url")}=`;
}
