import { SaxesParser } from "saxes";
import { SourceError } from "./source.ts";

/** Addresses of a sitemap (https://www.sitemaps.org/protocol.html), and whether they are of further sitemaps. Throws `SourceError`. */
export const parseSitemap = (xml: string): { isIndex: boolean; locations: string[] } => {
  const parser = new SaxesParser();
  const locations: string[] = [];
  const path: string[] = [];
  let root = "";
  let text = "";
  parser.on("opentag", ({ name }) => {
    const local = name.replace(/^.*:/, "");
    root ||= local;
    path.push(local);
    text = "";
  });
  parser.on("text", (part) => {
    text += part;
  });
  parser.on("cdata", (part) => {
    text += part;
  });
  parser.on("closetag", () => {
    // Images and videos have addresses of their own, deeper.
    if (path.length === 3 && path.at(-1) === "loc") locations.push(text.trim());
    path.pop();
  });
  parser.on("error", (error) => {
    throw new SourceError(`it is no valid sitemap (${error.message})`);
  });
  parser.write(xml).close();
  if (root !== "urlset" && root !== "sitemapindex") throw new SourceError("it is no sitemap");
  return { isIndex: root === "sitemapindex", locations };
};
