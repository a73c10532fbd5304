import { gunzipSync } from "node:zlib";
import { kindOfName } from "@samla/contracts";
import { parseRobots, type Robots } from "./robots.ts";
import { createWebReader, type WebAnswer } from "./safe-fetch.ts";
import { parseSitemap } from "./sitemap.ts";
import { type Found, type Read, type Source, SourceError } from "./source.ts";
import { spool, tooLarge } from "./spool.ts";

const sitemapMaxBytes = 50 * 1024 * 1024;
const sitemapsMax = 200;

const readBytes = async ({ body }: WebAnswer, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge(sizeBytes, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** Folders and name of a page: its path, with an ending that says what it is, and its query if it has one. */
const segmentsOf = (url: URL): string[] => {
  const parts = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeSegment);
  const last = url.pathname.endsWith("/") ? "index" : (parts.pop() ?? "index");
  const name = url.search ? `${last}${url.search}` : last;
  return [...parts, kindOfName(name) ? name : `${name}.html`];
};

const validatorsOf = (headers: WebAnswer["headers"]): string =>
  (headers.etag ?? headers["last-modified"])
    ? JSON.stringify([headers.etag ?? "", headers["last-modified"] ?? ""])
    : "";
const conditionsOf = (stamp: string | undefined): Record<string, string> => {
  if (!stamp) return {};
  const [etag, modified] = JSON.parse(stamp) as [string, string];
  return { ...(etag ? { "if-none-match": etag } : {}), ...(modified ? { "if-modified-since": modified } : {}) };
};

/**
 * Pages of a site as its sitemap names them, as far as robots.txt lets us: one origin only. Pages are asked whether they
 * changed since the last time (ETag, Last-Modified).
 */
export const createSiteSource = (options: {
  siteUrl: string;
  sitemapUrl: string;
  allowPrivateAddresses: boolean;
}): Source => {
  const site = new URL(options.siteUrl);
  const get = createWebReader({ origin: site.origin, allowPrivateAddresses: options.allowPrivateAddresses });

  const readRobots = async (signal: AbortSignal): Promise<Robots> => {
    const answer = await get(new URL("/robots.txt", site), {}, signal);
    // A site that cannot say what it allows allows nothing: RFC 9309, 2.3.1.
    if (answer.status >= 500 || answer.status === 429) {
      answer.body.resume();
      throw new SourceError(`/robots.txt answered ${answer.status}`);
    }
    if (answer.status !== 200) {
      answer.body.resume();
      return parseRobots("", "samla-sync");
    }
    return parseRobots((await readBytes(answer, 512 * 1024)).toString("utf8"), "samla-sync");
  };

  const readSitemap = async (url: URL, signal: AbortSignal) => {
    const answer = await get(url, {}, signal);
    if (answer.status !== 200) {
      answer.body.resume();
      throw new SourceError(`it answered ${answer.status}`);
    }
    let bytes = await readBytes(answer, sitemapMaxBytes);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      try {
        bytes = gunzipSync(bytes, { maxOutputLength: sitemapMaxBytes });
      } catch {
        throw new SourceError("it is packed and could not be unpacked, or is too large");
      }
    }
    return parseSitemap(bytes.toString("utf8"));
  };

  return {
    async *list(signal): AsyncGenerator<Found> {
      let robots: Robots;
      try {
        robots = await readRobots(signal);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        yield { kind: "unknown", key: "", segments: [], reason: error.message };
        return;
      }
      const named = options.sitemapUrl ? [options.sitemapUrl] : robots.sitemaps;
      const waiting = (named.length > 0 ? named : ["/sitemap.xml"]).map((address) => ({ address, depth: 0 }));
      const seenMaps = new Set<string>();
      const seenPages = new Set<string>();
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { address, depth } = next;
        if (seenMaps.has(address)) continue;
        seenMaps.add(address);
        if (seenMaps.size > sitemapsMax || depth > 3) {
          yield {
            kind: "unknown",
            key: "",
            segments: [],
            reason: `${address}: more than ${sitemapsMax} sitemaps, or more than 3 levels`,
          };
          return;
        }
        let map: ReturnType<typeof parseSitemap>;
        try {
          if (!URL.canParse(address, site)) throw new SourceError("it is no address");
          map = await readSitemap(new URL(address, site), signal);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          yield { kind: "unknown", key: "", segments: [], reason: `sitemap ${address}: ${error.message}` };
          continue;
        }
        if (map.isIndex) {
          waiting.push(...map.locations.map((location) => ({ address: location, depth: depth + 1 })));
          continue;
        }
        for (const location of map.locations) {
          if (!URL.canParse(location)) {
            yield { kind: "skipped", key: location.slice(0, 500), reason: "the sitemap names what is no address" };
            continue;
          }
          const url = new URL(location);
          url.hash = "";
          if (seenPages.has(url.href)) continue;
          seenPages.add(url.href);
          if (url.origin !== site.origin)
            yield { kind: "skipped", key: url.href, reason: `it is of another site; only ${site.origin} is read` };
          else if (!url.pathname.startsWith(site.pathname))
            yield { kind: "skipped", key: url.href, reason: `it is not below ${site.pathname}` };
          else if (!robots.isAllowed(url.pathname + url.search))
            yield { kind: "skipped", key: url.href, reason: "robots.txt does not allow it" };
          else yield { kind: "entry", entry: { key: url.href, segments: segmentsOf(url), stamp: "" } };
        }
      }
    },
    read: async ({ key }, { file, knownStamp, maxBytes, signal }): Promise<Read> => {
      const answer = await get(new URL(key), conditionsOf(knownStamp), signal);
      const { status, headers, body } = answer;
      if (status !== 200) body.resume();
      if (status === 304 && knownStamp) return { kind: "same", stamp: knownStamp };
      if (status === 404 || status === 410) return { kind: "gone", reason: `the site answered ${status}` };
      if (status !== 200) throw new SourceError(`the site answered ${status}`);
      const announcedBytes = Number(headers["content-length"] ?? 0);
      if (announcedBytes > maxBytes) {
        body.destroy();
        throw tooLarge(announcedBytes, maxBytes);
      }
      try {
        return { kind: "content", ...(await spool(body, file, maxBytes, signal)), file, stamp: validatorsOf(headers) };
      } catch (error) {
        if (error instanceof SourceError || signal.aborted) throw error;
        throw new SourceError(`the answer broke off (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
      }
    },
  };
};
