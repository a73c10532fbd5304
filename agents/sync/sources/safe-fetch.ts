import { type LookupAddress, lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { SourceError } from "./source.ts";

/** Addresses that are not of the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin. */
const notPublic = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  notPublic.addSubnet(network, bits, "ipv4");
/** Of IPv6, only global unicast is public, without what embeds IPv4 addresses or is for documentation. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
const notGlobal = new BlockList();
for (const [network, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  notGlobal.addSubnet(network, bits, "ipv6");

/** True for an address of the public internet. IPv4 addresses inside IPv6 ones are no public addresses. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 4) return !notPublic.check(address, "ipv4");
  return isIP(address) === 6 && globalUnicast.check(address, "ipv6") && !notGlobal.check(address, "ipv6");
};

export type WebAnswer = { status: number; headers: IncomingMessage["headers"]; body: IncomingMessage; url: URL };

const redirectsMax = 5;
const timeoutMs = 30_000;
export const userAgent = "SAMLA-sync/1.0";

const privateText = (host: string): string =>
  `${host} is not an address of the public internet; switch on "Private addresses" if the site lies in your own network`;

/**
 * GET that stays at one origin and, unless allowed, at public addresses. The address that is connected to is the very one
 * that was checked, so a name that changes its address between check and use gains nothing. Throws `SourceError`.
 */
export const createWebReader = (options: { origin: string; allowPrivateAddresses: boolean }) => {
  const guardedLookup: LookupFunction = (hostname, lookupOptions, done) => {
    lookup(hostname, { ...lookupOptions, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return done(error, []);
      const allowed = options.allowPrivateAddresses
        ? addresses
        : addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = allowed;
      // One private address among public ones is a trap as well.
      if (!first || allowed.length !== addresses.length) return done(new SourceError(privateText(hostname)), []);
      if (lookupOptions.all) return done(null, allowed);
      done(null, first.address, first.family);
    });
  };
  const getOnce = (url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const host = url.hostname.replace(/^\[|\]$/g, "");
      // Literal addresses are connected to without a look-up.
      if (isIP(host) && !options.allowPrivateAddresses && !isPublicAddress(host))
        return reject(new SourceError(privateText(host)));
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const sent = send(url, {
        method: "GET",
        headers: { "user-agent": userAgent, "accept-encoding": "identity", ...headers },
        lookup: guardedLookup,
        signal,
        timeout: timeoutMs,
        agent: false,
      });
      sent.once("response", resolve);
      sent.once("timeout", () => sent.destroy(new SourceError(`it did not answer within ${timeoutMs / 1000} s`)));
      sent.once("error", reject);
      sent.end();
    });
  return async (start: URL, headers: Record<string, string>, signal: AbortSignal): Promise<WebAnswer> => {
    let url = start;
    for (let redirects = 0; ; redirects += 1) {
      if (url.origin !== options.origin)
        throw new SourceError(`it leads to ${url.origin}; only ${options.origin} is read`);
      let body: IncomingMessage;
      try {
        body = await getOnce(url, headers, signal);
      } catch (error) {
        if (error instanceof SourceError || signal.aborted) throw error;
        throw new SourceError(
          `${url.host} could not be reached (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
        );
      }
      const status = body.statusCode ?? 0;
      const location = body.headers.location;
      if (![301, 302, 303, 307, 308].includes(status) || !location) return { status, headers: body.headers, body, url };
      body.resume();
      if (redirects >= redirectsMax) throw new SourceError(`it was redirected more than ${redirectsMax} times`);
      if (!URL.canParse(location, url)) throw new SourceError("it was redirected to what is no address");
      url = new URL(location, url);
    }
  };
};
export type WebReader = ReturnType<typeof createWebReader>;
