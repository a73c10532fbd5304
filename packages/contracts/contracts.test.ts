import { describe, expect, it } from "vitest";
import {
  BatchDocumentsBody,
  CreateIndexBody,
  CreateUploadBody,
  DocumentId,
  DocumentName,
  defaultUploadLimits,
  formatBytes,
  hasPermission,
  IndexSlug,
  kindOfName,
  knownExtensions,
  limits,
  matchRoute,
  PassageId,
  Principal,
  passageIdOf,
  permissions,
  rolePermissions,
  routes,
  SearchQuery,
  SourcePath,
  sizeLimitOfName,
  VersionId,
  versionIdOfPassage,
} from "./index.ts";

const ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;

describe("ids", () => {
  it("are told apart by their prefix and must be a ULID", () => {
    expect(accepts(DocumentId, `doc_${ulid}`)).toBe(true);
    for (const bad of [
      `ver_${ulid}`,
      `doc_${ulid}0`,
      `doc_${ulid.toLowerCase()}`,
      `doc_8${ulid.slice(1)}`,
      "doc_",
      "../x",
      `doc_${ulid}\n`,
    ])
      expect(accepts(DocumentId, bad), JSON.stringify(bad)).toBe(false);
  });

  it("of a passage name its version and number", () => {
    const version = VersionId.parse(`ver_${ulid}`);
    const id = passageIdOf(version, 12);
    expect(accepts(PassageId, id)).toBe(true);
    expect(versionIdOfPassage(id)).toBe(version);
  });

  it("of an index are short names fit for addresses", () => {
    for (const good of ["ab", "a-b-2", "0".repeat(40)]) expect(accepts(IndexSlug, good), good).toBe(true);
    for (const bad of ["a", "A-b", "-ab", "ab-", "a_b", "a/b", "a".repeat(41), "ab\n", "ä-b"])
      expect(accepts(IndexSlug, bad), JSON.stringify(bad)).toBe(false);
  });
});

describe("names and folders", () => {
  it("may be in any script, with emoji, and are trimmed", () => {
    for (const good of ["a.txt", "Übersicht 📈.pdf", "تقرير.docx", "…", "a..b", "x".repeat(255), "👨‍👩‍👧.md"])
      expect(accepts(DocumentName, good), good).toBe(true);
    expect(DocumentName.parse("  a.txt ")).toBe("a.txt");
  });

  it("are never paths, control characters or tricks of direction", () => {
    for (const bad of [
      "",
      "   ",
      ".",
      "..",
      "../a",
      "a/b",
      "a\\b",
      "a\u0000",
      "a\nb",
      "a\u007f",
      "\u202egpj.exe",
      "a\u2066b",
      "a\u2028b",
      "a\ud800.txt",
      "x".repeat(256),
    ])
      expect(accepts(DocumentName, bad), JSON.stringify(bad)).toBe(false);
    for (const good of ["", "a", "contracts/2026", "a b/ü"]) expect(accepts(SourcePath, good), good).toBe(true);
    for (const bad of ["/a", "a/", "a//b", "../a", "a/../b", "./a", "a\u0000", "x".repeat(1025)])
      expect(accepts(SourcePath, bad), JSON.stringify(bad)).toBe(false);
  });
});

describe("kinds and sizes", () => {
  it("follow the last extension in any case", () => {
    expect(kindOfName("A.PDF")).toBe("pdf");
    expect(kindOfName("a.tar.md")).toBe("markdown");
    for (const none of ["", "pdf", "a.", "a.exe", "a.constructor", "a.__proto__", "a.toString"])
      expect(kindOfName(none), none).toBeUndefined();
    for (const extension of knownExtensions) expect(kindOfName(`x.${extension}`)).toBeDefined();
  });

  it("have a limit for each kind, and the largest for a name that promises nothing", () => {
    expect(sizeLimitOfName("a.png", defaultUploadLimits)).toBe(20 * 1024 * 1024);
    expect(sizeLimitOfName("unknown", defaultUploadLimits)).toBe(100 * 1024 * 1024);
    expect(sizeLimitOfName("a.csv", { ...defaultUploadLimits, csv: 5 })).toBe(5);
  });

  it("are shown as file managers show them", () => {
    expect([0, 1023, 1024, 1536, 20 * 1024 ** 2, 1023.9 * 1024, 5 * 1024 ** 4].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1.0 KB",
      "1.5 KB",
      "20 MB",
      "1.0 MB",
      "5.0 TB",
    ]);
  });
});

describe("roles", () => {
  it("hold what they need and no more", () => {
    expect(rolePermissions.admin).toEqual(permissions);
    for (const permission of rolePermissions.reader)
      for (const role of ["editor", "operator"] as const) expect(hasPermission([role], permission)).toBe(true);
    expect(hasPermission(["reader"], "documents.write")).toBe(false);
    expect(hasPermission(["editor"], "indexes.write")).toBe(false);
    expect(hasPermission(["operator"], "documents.write")).toBe(false);
    expect(hasPermission(["reader", "editor"], "documents.write")).toBe(true);
    expect(hasPermission([], "search")).toBe(false);
  });

  it("are given to principals of a known shape", () => {
    for (const good of ["everyone", "group:a.b-c_1", "user:a@b.example"]) expect(accepts(Principal, good)).toBe(true);
    for (const bad of ["", "Everyone", "group:", "group:a,b", "user:a b", `user:${"x".repeat(129)}`, "everyone\n"])
      expect(accepts(Principal, bad), JSON.stringify(bad)).toBe(false);
  });
});

describe("bodies and queries", () => {
  it("refuse unknown fields and values over their limits", () => {
    const upload = { index: "library", name: "a.txt", sizeBytes: 1, sha256: "a".repeat(64) };
    expect(CreateUploadBody.parse(upload)).toMatchObject({ path: "", tags: [], onDuplicate: "ask" });
    for (const bad of [
      { extra: 1 },
      { sizeBytes: -1 },
      { sizeBytes: 1.5 },
      { sizeBytes: "1" },
      { sha256: "A".repeat(64) },
      { tags: Array(51).fill("t") },
    ])
      expect(accepts(CreateUploadBody, { ...upload, ...bad }), JSON.stringify(bad).slice(0, 40)).toBe(false);
    expect(accepts(BatchDocumentsBody, { action: "delete", documentIds: [] })).toBe(false);
    const many = Array(limits.batchSizeMax + 1).fill(`doc_${ulid}`);
    expect(accepts(BatchDocumentsBody, { action: "delete", documentIds: many })).toBe(false);
    expect(accepts(CreateIndexBody, JSON.parse('{"slug":"ab","name":"x","__proto__":{"admin":1}}'))).toBe(false);
  });

  it("read one or many values of a list parameter, and numbers and switches from text", () => {
    const parsed = SearchQuery.parse({ q: " x ", index: "ab", kind: ["pdf", "text"], limit: "5", explain: "true" });
    expect(parsed).toMatchObject({ q: "x", index: ["ab"], kind: ["pdf", "text"], tag: [], limit: 5, explain: true });
    for (const bad of [
      { q: " " },
      { limit: "0" },
      { limit: "101" },
      { offset: "-1" },
      { kind: "exe" },
      { from: "yesterday" },
      { explain: "maybe" },
    ])
      expect(accepts(SearchQuery, { q: "x", ...bad }), JSON.stringify(bad)).toBe(false);
    const long = SearchQuery.safeParse({ q: "x".repeat(limits.queryLengthMax + 1) });
    expect(long.error?.issues[0]?.message).toContain(String(limits.queryLengthMax));
  });
});

describe("matchRoute", () => {
  it("finds each route of the table by its own path", () => {
    for (const [id, route] of Object.entries(routes))
      expect(matchRoute(route.method, route.path.replace(/\{\w+\}/g, "x"))?.id, id).toBe(id);
  });

  it("prefers a literal to a parameter and decodes what is percent-encoded", () => {
    expect(matchRoute("GET", "/documents/counts")?.id).toBe("documents.counts");
    expect(matchRoute("GET", "/documents/d%2Fx")).toMatchObject({ id: "documents.get", params: { documentId: "d/x" } });
  });

  it("finds nothing for another method, a longer path, broken encoding or a name of Object", () => {
    for (const [method, path] of [
      ["PUT", "/documents"],
      ["GET", "/documents/a/b/c/d"],
      ["GET", "/documents/%E0%A4%A"],
      ["GET", "/"],
      ["GET", "/__proto__"],
    ] as const)
      expect(matchRoute(method, path), path).toBeUndefined();
  });
});
