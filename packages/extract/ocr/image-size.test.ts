import { describe, expect, it } from "vitest";
import { readBytes } from "../testing/read.ts";
import { readImageSize } from "./image-size.ts";

function makePngHeader(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(64);
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function makeTiff(sizes: [number, number][]): Buffer {
  const bytes = Buffer.alloc(8 + sizes.length * 30);
  bytes.write("II*\0", "latin1");
  bytes.writeUInt32LE(8, 4);
  for (const [index, size] of sizes.entries()) {
    const at = 8 + index * 30;
    bytes.writeUInt16LE(2, at);
    for (const [entry, tag] of [256, 257].entries()) {
      bytes.writeUInt16LE(tag, at + 2 + entry * 12);
      bytes.writeUInt16LE(4, at + 4 + entry * 12);
      bytes.writeUInt32LE(1, at + 6 + entry * 12);
      bytes.writeUInt32LE(size[entry] ?? 0, at + 10 + entry * 12);
    }
    bytes.writeUInt32LE(index < sizes.length - 1 ? at + 30 : 0, at + 26);
  }
  return bytes;
}

describe("reading the size of an image from its header", () => {
  it("reads every format that goes to OCR", () => {
    expect(readImageSize(makePngHeader(300, 200))).toEqual({ width: 300, height: 200, pages: 1 });
    const jpeg = Buffer.from(
      "ffd8ffe000104a46494600010100000100010000ffc0001108012c019003012200021101031101ffda",
      "hex",
    );
    expect(readImageSize(jpeg)).toEqual({ width: 400, height: 300, pages: 1 });
    expect(readImageSize(Buffer.from("4749463839612c01c800", "hex"))).toEqual({ width: 300, height: 200, pages: 1 });
    const webp = Buffer.concat([
      Buffer.from("RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0", "latin1"),
      Buffer.from("2b0100c70000", "hex"),
    ]);
    expect(readImageSize(webp)).toEqual({ width: 300, height: 200, pages: 1 });
    expect(readImageSize(makeTiff([[300, 200]]))).toEqual({ width: 300, height: 200, pages: 1 });
  });

  it("takes the largest page of a TIFF and survives a chain of pages that bites its tail", () => {
    expect(
      readImageSize(
        makeTiff([
          [10, 10],
          [9000, 8000],
        ]),
      ),
    ).toEqual({ width: 9000, height: 8000, pages: 2 });
    const loop = makeTiff([[10, 10]]);
    loop.writeUInt32LE(8, 8 + 26);
    expect(readImageSize(loop)?.width).toBe(10);
  });

  it("yields null for damaged headers", () => {
    expect(readImageSize(Buffer.from("ffd8ff"))).toBeNull();
    expect(readImageSize(Buffer.from("ffd8ffe0ffff", "hex"))).toBeNull();
    expect(readImageSize(Buffer.alloc(0))).toBeNull();
  });

  it("refuses an image over the limit of pixels without decoding it", async () => {
    await expect(readBytes(makePngHeader(60_000, 60_000), "a.png", { ocr: true })).rejects.toMatchObject({
      code: "too_large",
    });
  });
});
