import { describe, expect, it } from "vitest";
import { readBytes } from "../testing/read.ts";

/** A TIFF of one strip (TIFF 6.0, section 2) whose colours are `photometric`: 1 shades of grey, 3 a palette. */
const makeTiff = (photometric: 1 | 3): Buffer => {
  const side = 64;
  const pixels = side * side;
  const entries: [tag: number, type: 3 | 4, count: number, value: number][] = [
    [256, 3, 1, side],
    [257, 3, 1, side],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, photometric],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 3, 1, side],
    [279, 4, 1, pixels],
    ...(photometric === 3 ? [[320, 3, 768, 8 + pixels] as [number, 3, number, number]] : []),
  ];
  const directory = 8 + pixels + 768 * 2;
  const bytes = Buffer.alloc(directory + 2 + entries.length * 12 + 4, 255);
  bytes.write("II*\0", 0, "latin1");
  bytes.writeUInt32LE(directory, 4);
  bytes.writeUInt16LE(entries.length, directory);
  entries.forEach(([tag, type, count, value], i) => {
    const at = directory + 2 + i * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  bytes.writeUInt32LE(0, bytes.length - 4);
  return bytes;
};

describe("reading an image", () => {
  it("says of a way of storing colours that is not read that it is unsupported, not that the file is damaged", async () => {
    await expect(readBytes(makeTiff(3), "scan.tiff", { ocr: true })).rejects.toMatchObject({ code: "unsupported" });
    await expect(readBytes(makeTiff(1), "scan.tiff", { ocr: true })).rejects.toMatchObject({ code: "ocr_empty" });
  });
});
