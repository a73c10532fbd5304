import { listTiffPages } from "./tiff-pages.ts";

export type ImageSize = { width: number; height: number; pages: number };

function readPng(bytes: Buffer): ImageSize | null {
  if (bytes.length < 24 || bytes.readUInt32BE(0) !== 0x89504e47) return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), pages: 1 };
}

function readGif(bytes: Buffer): ImageSize | null {
  if (bytes.length < 10 || bytes.toString("latin1", 0, 4) !== "GIF8") return null;
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), pages: 1 };
}

function readBmp(bytes: Buffer): ImageSize | null {
  if (bytes.length < 26 || bytes.toString("latin1", 0, 2) !== "BM") return null;
  if (bytes.readUInt32LE(14) === 12) return { width: bytes.readUInt16LE(18), height: bytes.readUInt16LE(20), pages: 1 };
  return { width: Math.abs(bytes.readInt32LE(18)), height: Math.abs(bytes.readInt32LE(22)), pages: 1 };
}

/** Walks the segments to the frame header (ITU-T T.81, B.2.2). */
function readJpeg(bytes: Buffer): ImageSize | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), pages: 1 };
    const length = bytes.readUInt16BE(at + 2);
    if (marker === 0xda || length < 2) return null;
    at += 2 + length;
  }
  return null;
}

/** RIFF container with a VP8, VP8L or VP8X chunk first (RFC 9649). */
function readWebp(bytes: Buffer): ImageSize | null {
  if (bytes.length < 30 || bytes.toString("latin1", 8, 12) !== "WEBP") return null;
  const chunk = bytes.toString("latin1", 12, 16);
  if (chunk === "VP8 ")
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff, pages: 1 };
  if (chunk === "VP8X") return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1, pages: 1 };
  if (chunk !== "VP8L") return null;
  const bits = bytes.readUInt32LE(21);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, pages: 1 };
}

/** The largest of all pages, since any of them may be decoded. */
function readTiff(bytes: Buffer): ImageSize | null {
  const pages = listTiffPages(bytes);
  if (pages.length === 0) return null;
  return {
    width: Math.max(...pages.map((page) => page.width)),
    height: Math.max(...pages.map((page) => page.height)),
    pages: pages.length,
  };
}

/** Pixel dimensions and number of pages from an image's header, without decoding it; null when it has none. */
export function readImageSize(bytes: Buffer): ImageSize | null {
  const size =
    readPng(bytes) ?? readJpeg(bytes) ?? readGif(bytes) ?? readBmp(bytes) ?? readWebp(bytes) ?? readTiff(bytes);
  return size && size.width > 0 && size.height > 0 ? size : null;
}
