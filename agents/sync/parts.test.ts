import { DocumentName, SourcePath } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { documentNameOf } from "./names.ts";
import { brakeOn } from "./run/brake.ts";
import { placeEntries } from "./run/compare.ts";
import { parseRobots } from "./sources/robots.ts";
import { isPublicAddress } from "./sources/safe-fetch.ts";
import { parseSitemap } from "./sources/sitemap.ts";
import { SourceError } from "./sources/source.ts";

const entryOf = (...segments: string[]) => ({ key: segments.join("/"), segments, stamp: "" });

describe("names of documents", () => {
  const odd = [
    "a",
    " ",
    "..",
    "a/b",
    "a\\b",
    "tab\t.txt",
    "\u202egnp.exe",
    "\ud800.md",
    "x".repeat(400),
    `${"é".repeat(300)}.pdf`,
    "😀".repeat(200),
  ];
  it("are such that the API takes them, always the same for a key, and different for different keys", () => {
    const seen = new Set<string>();
    for (const folder of odd)
      for (const name of odd) {
        const made = documentNameOf(entryOf(folder, name), "into");
        expect(DocumentName.safeParse(made.name).success, JSON.stringify(made)).toBe(true);
        expect(SourcePath.safeParse(made.path).success, JSON.stringify(made)).toBe(true);
        expect(documentNameOf(entryOf(folder, name), "into")).toEqual(made);
        seen.add(`${made.path}\n${made.name}`);
      }
    expect(seen.size).toBe(odd.length ** 2);
  });
  it("keep the ending by which the type is known", () => {
    expect(documentNameOf(entryOf("a:\n.pdf"), "").name).toMatch(/\.pdf$/);
  });
  it("stay apart for two things that would have the same one", () => {
    const placed = placeEntries(
      [
        { key: "https://a/x", segments: ["x.html"], stamp: "" },
        { key: "https://a/x.html", segments: ["x.html"], stamp: "" },
      ],
      "",
    );
    expect(placed.size).toBe(2);
  });
});

describe("the brake", () => {
  const settings = { deletesMax: 50, deletesPercentMax: 20 };
  it.each([
    [0, 10, true],
    [1, 3, true],
    [1, 1, false],
    [2, 3, false],
    [20, 100, true],
    [21, 100, false],
    [50, 1000, true],
    [51, 1000, false],
  ])("lets %i of %i go: %s", (wanted, of, goes) => {
    expect(brakeOn(wanted, of, settings) === undefined).toBe(goes);
  });
  it("lets go what somebody allowed for one run, and no more", () => {
    expect(brakeOn(60, 60, settings, 60)).toBeUndefined();
    expect(brakeOn(61, 61, settings, 60)).toMatchObject({ wanted: 61, allowed: 60 });
    expect(brakeOn(1, 9, { deletesMax: 0, deletesPercentMax: 100 })).toMatchObject({ allowed: 0 });
  });
});

describe("robots.txt", () => {
  it("is read as RFC 9309 says: own group, longest rule, allow on a tie, wildcards and ends", () => {
    const robots = parseRobots(
      "User-agent: *\nDisallow: /\n\nUser-agent: samla-sync\nUser-agent: other\nDisallow: /a/\nAllow: /a/b\nDisallow: /*.php$\nDisallow: /q*z\nSitemap: https://x/s.xml # where",
      "SAMLA-sync",
    );
    const allowed = ["/", "/a", "/a/b", "/a/bc", "/x.php?y", "/qz1".replace("z", "")];
    const refused = ["/a/", "/a/c", "/x.php", "/q/z", "/qxz9"];
    expect(allowed.filter((path) => !robots.isAllowed(path))).toEqual([]);
    expect(refused.filter((path) => robots.isAllowed(path))).toEqual([]);
    expect(robots.sitemaps).toEqual(["https://x/s.xml"]);
  });
  it("does not take long for rules made to take long", () => {
    const robots = parseRobots(`User-agent: *\nDisallow: /${"*a".repeat(5000)}b`, "x");
    expect(robots.isAllowed(`/${"a".repeat(20_000)}`)).toBe(true);
  });
});

describe("sitemaps", () => {
  it("give page addresses alone, and refuse what is something else", () => {
    const xml =
      '<urlset xmlns:i="x"><url><loc> https://a/?x=1&amp;y=2 </loc><i:image><i:loc>https://a/p.png</i:loc></i:image></url><url><loc><![CDATA[https://a/b]]></loc></url></urlset>';
    expect(parseSitemap(xml)).toEqual({ isIndex: false, locations: ["https://a/?x=1&y=2", "https://a/b"] });
    for (const bad of [
      "<html></html>",
      "not xml",
      "<urlset><url>",
      '<!DOCTYPE x [<!ENTITY e "e">]><urlset><url><loc>&e;</loc></url></urlset>',
    ])
      expect(() => parseSitemap(bad), bad).toThrow(SourceError);
  });
});

describe("addresses", () => {
  it("are public only when no special registry names them, IPv4 inside IPv6 included", () => {
    const no = [
      "127.0.0.1",
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "224.0.0.1",
      "255.255.255.255",
      "::1",
      "::",
      "fe80::1",
      "fd00::1",
      "::ffff:10.0.0.1",
      "::ffff:8.8.8.8",
      "64:ff9b::a00:1",
      "2001:db8::1",
      "2002:a00:1::",
      "ff02::1",
      "x",
    ];
    expect(no.filter(isPublicAddress)).toEqual([]);
    expect(
      ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"].filter((one) => !isPublicAddress(one)),
    ).toEqual([]);
  });
});
