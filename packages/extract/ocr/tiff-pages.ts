export type TiffPage = {
  /** Where its directory begins. */
  offset: number;
  width: number;
  height: number;
};

const pagesMax = 10_000;
const widthTag = 256;
const heightTag = 257;
const shortType = 3;

const readOrder = (bytes: Buffer): "little" | "big" | undefined => {
  const order = bytes.length >= 8 ? bytes.toString("latin1", 0, 4) : "";
  return order === "II*\0" ? "little" : order === "MM\0*" ? "big" : undefined;
};

/** The pages of a TIFF, each a directory that names the next (TIFF 6.0, section 2); none for another format. */
export const listTiffPages = (bytes: Buffer): TiffPage[] => {
  const order = readOrder(bytes);
  if (!order) return [];
  const little = order === "little";
  const u16 = (at: number) => (at + 2 > bytes.length ? 0 : little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (at + 4 > bytes.length ? 0 : little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let offset = u32(4);
  while (offset > 0 && offset + 2 <= bytes.length && !seen.has(offset) && pages.length < pagesMax) {
    seen.add(offset);
    const page: TiffPage = { offset, width: 0, height: 0 };
    const entries = u16(offset);
    for (let i = 0; i < entries; i++) {
      const entry = offset + 2 + i * 12;
      const value = u16(entry + 2) === shortType ? u16(entry + 8) : u32(entry + 8);
      if (u16(entry) === widthTag) page.width = value;
      if (u16(entry) === heightTag) page.height = value;
    }
    pages.push(page);
    offset = u32(offset + 2 + entries * 12);
  }
  return pages;
};

/** The same file with this page as its first, which is the one that decoders open. */
export const putPageFirst = (bytes: Buffer, page: TiffPage): Buffer => {
  const copy = Buffer.from(bytes);
  if (readOrder(bytes) === "little") copy.writeUInt32LE(page.offset, 4);
  else copy.writeUInt32BE(page.offset, 4);
  return copy;
};
