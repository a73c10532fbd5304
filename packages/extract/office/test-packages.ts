import { crc32, deflateRawSync } from "node:zlib";
import { ExtractFailure } from "../failure.ts";
import { defaultLimits, type ExtractLimits } from "../limits.ts";
import type { Reader, ReaderResult } from "../reader.ts";

export type MadeEntry = { name: string; data: string | Buffer; isEncrypted?: boolean; checksum?: number };

/** Builds a zip in memory (APPNOTE 6.3); lies about flags and checksums where told to. */
export function makeZip(entries: readonly MadeEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, isEncrypted, checksum } of entries) {
    const bytes = Buffer.from(data);
    const packed = deflateRawSync(bytes);
    const nameBytes = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x800 | (isEncrypted ? 1 : 0), 2);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(checksum ?? crc32(bytes), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), shared, nameBytes, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), shared, place, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directoryBytes, Buffer.from("PK\u0005\u0006", "latin1"), end]);
}

/** Relationships as [id, type, target]; types get the OOXML prefix. */
export function makeRelationships(items: readonly (readonly [string, string, string])[]): string {
  const prefix = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  const body = items.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${prefix}${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${body.join("")}</Relationships>`;
}

/** A package with a main part and further parts; `related` lists the main part's relationships. */
export function makeOffice(
  main: string,
  parts: Record<string, string>,
  related: readonly (readonly [string, string, string])[] = [],
): Buffer {
  const folder = main.slice(0, main.lastIndexOf("/") + 1);
  return makeZip([
    { name: "_rels/.rels", data: makeRelationships([["rId1", "officeDocument", main]]) },
    { name: `${folder}_rels/${main.slice(folder.length)}.rels`, data: makeRelationships(related) },
    ...Object.entries(parts).map(([name, data]) => ({ name, data })),
  ]);
}

/** Reads made bytes with one reader; `blocks` are shown as "type: text". */
export async function readMade(
  reader: Reader,
  bytes: Buffer,
  limits: Partial<ExtractLimits> = {},
): Promise<{ result: ReaderResult; blocks: string[]; warnings: string[] }> {
  const warnings: string[] = [];
  const result = await reader({
    path: "",
    bytes,
    name: "made",
    limits: { ...defaultLimits, ...limits },
    warn: (text) => warnings.push(text),
  });
  const blocks = result.blocks.map(
    ({ type, level, start, end }) => `${type}${level ?? ""}: ${result.text.slice(start, end)}`,
  );
  return { result, blocks, warnings };
}

/** Code and detail a reading ends in, or undefined if it ends well. */
export async function readFailure(read: () => Promise<unknown>): Promise<ExtractFailure | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof ExtractFailure) return error;
    throw error;
  }
}
