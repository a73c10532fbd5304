import { describe, expect, it } from "vitest";
import { defaultLimits } from "../limits.ts";
import { makeZip, readFailure } from "./test-packages.ts";
import { openZip } from "./zip.ts";

const open = (bytes: Buffer, limits = {}) => openZip(bytes, { ...defaultLimits, ...limits });

describe("openZip", () => {
  it("reads a part by name, whatever the case and leading slash", async () => {
    const zip = await open(makeZip([{ name: "/Word/document.xml", data: "text" }]));
    expect((await zip.read("word/Document.xml"))?.toString()).toBe("text");
    expect(await zip.read("missing")).toBeUndefined();
  });

  it("counts all unpacked bytes of a file against one budget, so many small bombs are one bomb", async () => {
    const data = "a".repeat(600_000);
    const zip = await open(
      makeZip([
        { name: "a", data },
        { name: "b", data },
      ]),
      { zipInflatedBytes: 1_000_000 },
    );
    await zip.read("a");
    const failure = await readFailure(() => zip.read("b"));
    expect(failure).toMatchObject({ code: "too_complex", suspicious: true });
    expect(failure?.detail).toContain('"b"');
  });

  it("refuses a part that unpacks past the allowed ratio", async () => {
    const zip = await open(makeZip([{ name: "a", data: "a".repeat(2_000_000) }]), { zipRatioFreeBytes: 100_000 });
    expect(await readFailure(() => zip.read("a"))).toMatchObject({ code: "too_complex" });
  });

  it("refuses more entries than allowed before reading any", async () => {
    const entries = Array.from({ length: 11 }, (_, i) => ({ name: `p${i}`, data: "" }));
    expect(await readFailure(() => open(makeZip(entries), { zipEntries: 10 }))).toMatchObject({ code: "too_complex" });
  });

  it("refuses names that leave the package and names that stand twice", async () => {
    const leaving = await readFailure(() => open(makeZip([{ name: "a/../../etc/passwd", data: "" }])));
    expect(leaving).toMatchObject({ code: "corrupt" });
    const twice = makeZip([
      { name: "word/document.xml", data: "1" },
      { name: "word/document.xml", data: "2" },
    ]);
    expect((await readFailure(() => open(twice)))?.detail).toContain("twice");
  });

  it("notices bytes that were changed by the part's checksum", async () => {
    const zip = await open(makeZip([{ name: "a", data: "text", checksum: 1 }]));
    expect(await readFailure(() => zip.read("a"))).toMatchObject({ code: "corrupt" });
  });

  it("tells a password from damage", async () => {
    const zip = await open(makeZip([{ name: "a", data: "text", isEncrypted: true }]));
    expect(await readFailure(() => zip.read("a"))).toMatchObject({ code: "encrypted" });
    const ole = Buffer.concat([
      Buffer.from("d0cf11e0a1b11ae1", "hex"),
      Buffer.alloc(600),
      Buffer.from("EncryptedPackage", "utf16le"),
    ]);
    expect(await readFailure(() => open(ole))).toMatchObject({ code: "encrypted" });
    expect(await readFailure(() => open(Buffer.from("no zip at all")))).toMatchObject({ code: "corrupt" });
  });
});
