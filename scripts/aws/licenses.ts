import type { LockedPackage } from "./packages.ts";

/** Licences that ask for no more than to be named. */
const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PSF-2.0",
]);

/** Packages under other licences, and why they may be here. */
const exceptions: { packages: RegExp; license: RegExp; reason: string }[] = [
  {
    packages: /^@img\/sharp-/,
    license: /LGPL-3\.0-or-later/,
    reason: "an optional part of Next.js for resizing pictures, as separate files; the console does not use it",
  },
  {
    packages: /^(lightningcss.*|axe-core|@axe-core\/playwright)$/,
    license: /^MPL-2\.0$/,
    reason: "tools of build and tests, unchanged",
  },
  { packages: /^geist$/, license: /^SIL OPEN FONT LICENSE$/, reason: "fonts; may be served with anything" },
  { packages: /^(caniuse-lite|spdx-exceptions)$/, license: /^CC-BY-[34]\.0$/, reason: "tables of data, named here" },
  { packages: /^flatbuffers$/, license: /^SEE LICENSE IN LICENSE\.txt$/, reason: "its file is Apache-2.0" },
  { packages: /^@logdna\/tail-file$/, license: /^SEE LICENSE IN LICENSE$/, reason: "its file is MIT" },
];

/** True when the words of an SPDX expression allow it: one side of OR is enough, both of AND are needed. */
export const isAllowed = (license: string): boolean => {
  const text = license.trim().replace(/^\((.*)\)$/, "$1");
  if (/ AND /.test(text)) return text.split(" AND ").every(isAllowed);
  if (/ OR /.test(text)) return text.split(" OR ").some(isAllowed);
  return allowed.has(text);
};

/** What is wrong with the packages: a licence that nobody has agreed to, or bytes that nobody has promised. */
export const findProblems = (packages: LockedPackage[]): string[] =>
  packages.flatMap(({ name, version, license, integrity }) => {
    const isExcepted = exceptions.some((one) => one.packages.test(name) && one.license.test(license ?? ""));
    return [
      ...(license && (isAllowed(license) || isExcepted)
        ? []
        : [
            `${name}@${version} is under ${license ?? "no licence that it names"}: read it, then add it to scripts/aws/licenses.ts or use another package`,
          ]),
      ...(integrity?.startsWith("sha512-")
        ? []
        : [`${name}@${version} has no sha512 in the lock file: its bytes could be changed unseen`]),
    ];
  });
