import { describe, expect, it } from "vitest";
import { listTiffPages, putPageFirst } from "./tiff-pages.ts";

/** Directories of 300 x 200, 301 x 201 and so on, each naming the next. */
const makeTiff = (pages: number, little: boolean): Buffer => {
  const bytes = Buffer.alloc(8 + pages * 30);
  const u16 = (value: number, at: number) => (little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at));
  bytes.write(little ? "II*\0" : "MM\0*", "latin1");
  u32(8, 4);
  for (let page = 0; page < pages; page++) {
    const at = 8 + page * 30;
    u16(2, at);
    for (const [i, tag] of [256, 257].entries()) {
      u16(tag, at + 2 + i * 12);
      u16(4, at + 4 + i * 12);
      u32(1, at + 6 + i * 12);
      u32((i === 0 ? 300 : 200) + page, at + 10 + i * 12);
    }
    u32(page < pages - 1 ? at + 30 : 0, at + 26);
  }
  return bytes;
};

describe("pages of a TIFF", () => {
  it.each([true, false])(
    "are listed with their sizes, and any of them can be put first (little endian: %s)",
    (little) => {
      const bytes = makeTiff(3, little);
      const pages = listTiffPages(bytes);
      expect(pages.map(({ width, height }) => [width, height])).toEqual([
        [300, 200],
        [301, 201],
        [302, 202],
      ]);
      const [, second] = pages;
      expect(second && listTiffPages(putPageFirst(bytes, second))[0]).toEqual(second);
      expect(listTiffPages(bytes)[0]?.width).toBe(300);
    },
  );

  it("end where a chain of directories bites its tail or leaves the file", () => {
    const loop = makeTiff(2, true);
    loop.writeUInt32LE(8, 8 + 30 + 26);
    expect(listTiffPages(loop)).toHaveLength(2);
    const outside = makeTiff(2, true);
    outside.writeUInt32LE(1_000_000, 8 + 26);
    expect(listTiffPages(outside)).toHaveLength(1);
  });

  it("are none in another format", () => {
    expect(listTiffPages(Buffer.from("GIF89a not a tiff"))).toEqual([]);
  });
});
