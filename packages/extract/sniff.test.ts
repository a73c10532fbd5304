import { describe, expect, it } from "vitest";
import { sniffType } from "./sniff.ts";
import { makePdf } from "./testing/make-pdf.ts";

const kindOf = async (bytes: Buffer | string, name: string) => (await sniffType(Buffer.from(bytes), name)).kind;

describe("finding the type of a file", () => {
  it("goes by the bytes when the name says otherwise", async () => {
    const pdf = makePdf({ pages: [[]] });
    expect(await sniffType(pdf, "letter.docx")).toEqual({ kind: "pdf", mediaType: "application/pdf" });
    expect(await kindOf(Buffer.concat([Buffer.from("junk before\n"), pdf]), "a.bin")).toBe("pdf");
    expect(await kindOf("<!doctype html><p>hi", "page.txt")).toBe("html");
  });

  it("goes by the name between kinds of text", async () => {
    const kinds = await Promise.all(
      ["a.md", "a.csv", "a.tsv", "a.json", "a.jsonl", "a.py", "a.eml", "a.log", "README"].map((name) =>
        kindOf("some text, really", name),
      ),
    );
    expect(kinds).toEqual(["markdown", "csv", "tsv", "json", "jsonl", "code", "email", "text", "text"]);
  });

  it("is not led astray by names of object properties", async () => {
    expect(await kindOf("text", "a.constructor")).toBe("text");
    expect(await kindOf("text", "a.__proto__")).toBe("text");
  });

  it("calls text under a document's name corrupt", async () => {
    await expect(sniffType(Buffer.from("only text"), "a.docx")).rejects.toMatchObject({ code: "corrupt" });
  });

  it("tells encrypted from old Office files", async () => {
    const header = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(1024)]);
    await expect(sniffType(header, "a.doc")).rejects.toMatchObject({ code: "unsupported" });
    const locked = Buffer.concat([header, Buffer.from("EncryptedPackage", "utf16le")]);
    await expect(sniffType(locked, "a.docx")).rejects.toMatchObject({ code: "encrypted" });
  });

  it("refuses binary data, programs and empty files", async () => {
    await expect(
      sniffType(Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 37) % 251)), "a"),
    ).rejects.toMatchObject({ code: "unsupported" });
    await expect(
      sniffType(Buffer.from("7f454c4602010100000000000000000003003e00", "hex"), "a.txt"),
    ).rejects.toMatchObject({ code: "unsupported" });
    await expect(sniffType(Buffer.alloc(0), "a.txt")).rejects.toMatchObject({ code: "empty" });
  });
});
