import { defaultUploadLimits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import {
  entriesOfDrop,
  filesOfInput,
  folderOf,
  isJunk,
  refusalOf,
  type WalkEntry,
  walkEntries,
} from "./folder-walk.ts";

const fileEntry = (name: string, fails = false): WalkEntry => ({
  name,
  isFile: true,
  isDirectory: false,
  file: (found, failed) => (fails ? failed(new Error("gone")) : found(new File(["x"], name))),
});
const folderEntry = (name: string, children: WalkEntry[], batchSize = 100): WalkEntry => ({
  name,
  isFile: false,
  isDirectory: true,
  createReader: () => {
    let at = 0;
    return {
      readEntries: (found) => {
        const batch = children.slice(at, at + batchSize);
        at += batchSize;
        found(batch);
      },
    };
  },
});
const walk = async (entries: WalkEntry[]) => {
  const unreadable: string[] = [];
  const found: string[] = [];
  for await (const one of walkEntries(entries, (name) => unreadable.push(name)))
    found.push(one.path === "" ? one.file.name : `${one.path}/${one.file.name}`);
  return { found, unreadable };
};

describe("dropped folders", () => {
  it("keep their tree as path", async () => {
    const tree = folderEntry("contracts", [fileEntry("a.pdf"), folderEntry("2026", [fileEntry("b.pdf")])]);
    expect((await walk([tree, fileEntry("c.pdf")])).found).toEqual([
      "contracts/a.pdf",
      "contracts/2026/b.pdf",
      "c.pdf",
    ]);
  });
  it("are read to the end though the browser gives them in batches", async () => {
    const many = Array.from({ length: 250 }, (_, n) => fileEntry(`${n}.txt`));
    expect((await walk([folderEntry("big", many, 100)])).found).toHaveLength(250);
  });
  it("name what cannot be read and go on", async () => {
    expect(await walk([folderEntry("f", [fileEntry("bad.pdf", true), fileEntry("good.pdf")])])).toEqual({
      found: ["f/good.pdf"],
      unreadable: ["f/bad.pdf"],
    });
  });
});

describe("a drop", () => {
  it("takes files that have no entry of their own, such as those dragged from another page", async () => {
    const item = { kind: "file", webkitGetAsEntry: () => null, getAsFile: () => new File(["x"], "from-page.png") };
    const text = { kind: "string", webkitGetAsEntry: () => null, getAsFile: () => null };
    expect((await walk(entriesOfDrop([item, text] as unknown as DataTransferItem[]))).found).toEqual(["from-page.png"]);
  });
});

describe("chosen folders", () => {
  it("keep their tree as path", () => {
    const file = new File(["x"], "b.pdf");
    Object.defineProperty(file, "webkitRelativePath", { value: "contracts/2026/b.pdf" });
    expect(filesOfInput([file])[0]?.path).toBe("contracts/2026");
    expect(folderOf("b.pdf")).toBe("");
  });
});

describe("what systems leave beside people's files", () => {
  it.each([
    [".DS_Store", "a", true],
    ["Thumbs.db", "", true],
    ["~$report.docx", "", true],
    ["config", "site/.git", true],
    ["x.js", "a/node_modules/b", true],
    ["report.docx", "a", false],
    ["my.git.notes.md", "a.git", false],
  ])("%s in %s: %s", (name, path, expected) => expect(isJunk(name, path)).toBe(expected));
});

describe("refusals before a byte is sent", () => {
  const size = 101 * 1024 * 1024;
  it.each([
    ["report.pdf", 1000, "", undefined],
    ["Ünïcode 文書.pdf", 1000, "a/b", undefined],
    ["unknown.xyz", 1000, "", undefined],
    ["report.pdf", size, "", "101 MB, but the limit for PDF is 100 MB."],
    ["notes.txt", size, "", "101 MB, but the limit for Text is 25 MB."],
    ["unknown.xyz", size, "", "101 MB, but the limit for any file is 100 MB."],
    ["empty.pdf", 0, "", "It has 0 bytes, so there is nothing to read."],
    ["a\u202efdp.exe", 10, "", "“a�fdp.exe”: control characters are not allowed."],
    ["a.pdf", 10, "a/../b", "“a/../b”: use folders joined by single slashes, without . or ..."],
  ])("%s of %d bytes in “%s”", (name, bytes, path, detail) => {
    expect(refusalOf({ name, size: bytes }, path, defaultUploadLimits)?.detail).toBe(detail);
  });
});
