import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import { ExtractFailure } from "../failure.ts";
import type { ExtractLimits } from "../limits.ts";

export type ZipLimits = Pick<ExtractLimits, "zipEntries" | "zipInflatedBytes" | "zipRatio" | "zipRatioFreeBytes">;

/** An opened package. Every byte unpacked through it counts against one budget, however often a part is read. */
export type ZipPackage = {
  names: string[];
  /** Finds a part by its name; falls back to a match that ignores case, as OPC part names do. */
  has(name: string): boolean;
  /** The part unpacked as chunks, checked against its CRC at the end. Throws ExtractFailure (encrypted, corrupt, too_complex). */
  stream(name: string): AsyncIterable<Buffer>;
  /** The whole part, or undefined if the package has none of that name. */
  read(name: string): Promise<Buffer | undefined>;
};

const oleSignature = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const encryptedFlag = 1;

/**
 * Opens a zip package held in memory and reads its directory.
 * Throws ExtractFailure: `encrypted` (an OLE container holding an encrypted package), `corrupt` (not a zip, broken
 * directory, unsafe or repeated names), `too_complex` (more entries than allowed).
 */
export async function openZip(bytes: Uint8Array, limits: ZipLimits): Promise<ZipPackage> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  refuseOle(buffer);
  const file = await openDirectory(buffer);
  if (file.entryCount > limits.zipEntries) {
    throw new ExtractFailure(
      "too_complex",
      `the file is a package of ${file.entryCount} parts; at most ${limits.zipEntries} are read`,
      { suspicious: true },
    );
  }
  const entries = await readEntries(file);
  const byLowerCase = new Map([...entries.keys()].map((name) => [name.toLowerCase(), name]));
  const findEntry = (name: string): yauzl.Entry | undefined =>
    entries.get(name) ?? entries.get(byLowerCase.get(name.toLowerCase()) ?? "");
  const budgetBytes = Math.min(
    limits.zipInflatedBytes,
    Math.max(limits.zipRatioFreeBytes, buffer.length * limits.zipRatio),
  );
  let unpackedBytes = 0;

  async function* stream(name: string): AsyncGenerator<Buffer> {
    const entry = findEntry(name);
    if (!entry) throw new ExtractFailure("corrupt", `the part "${name}" is missing from the file`);
    if (entry.generalPurposeBitFlag & encryptedFlag) {
      throw new ExtractFailure("encrypted", `the part "${name}" of the file is encrypted`);
    }
    if (entry.uncompressedSize + unpackedBytes > budgetBytes) throw describeBomb(name, budgetBytes);
    // Entities inside a part that packs past the ratio are there to be expanded.
    const isPackedTightly = entry.uncompressedSize > entry.compressedSize * limits.zipRatio;
    let checksum = 0;
    try {
      for await (const chunk of await file.openReadStreamPromise(entry)) {
        unpackedBytes += chunk.length;
        if (unpackedBytes > budgetBytes) throw describeBomb(name, budgetBytes);
        if (checksum === 0 && isPackedTightly && chunk.includes("<!ENTITY")) throw describeBomb(name, budgetBytes);
        checksum = crc32(chunk, checksum);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof ExtractFailure) throw error;
      throw new ExtractFailure("corrupt", `the part "${name}" cannot be unpacked: ${describeError(error)}`);
    }
    if (checksum !== entry.crc32) {
      throw new ExtractFailure("corrupt", `the part "${name}" does not match its checksum: bytes were changed or lost`);
    }
  }

  return {
    names: [...entries.keys()],
    has: (name) => findEntry(name) !== undefined,
    stream,
    async read(name) {
      if (!findEntry(name)) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of stream(name)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}

/** Password-protected OOXML files are OLE containers with a stream named EncryptedPackage (MS-OFFCRYPTO 1.3.2). */
function refuseOle(buffer: Buffer): void {
  if (!buffer.subarray(0, 8).equals(oleSignature)) return;
  if (buffer.includes(Buffer.from("EncryptedPackage", "utf16le"))) {
    throw new ExtractFailure("encrypted", "the file is an Office document locked with a password");
  }
  throw new ExtractFailure("unsupported", "the file has the old Office format (.doc, .xls or .ppt)");
}

async function openDirectory(buffer: Buffer): Promise<yauzl.ZipFile> {
  try {
    return await yauzl.fromBufferPromise(buffer, { lazyEntries: true, decodeStrings: false });
  } catch (error) {
    throw new ExtractFailure("corrupt", `the file is not a readable zip package: ${describeError(error)}`);
  }
}

async function readEntries(file: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  const entries = new Map<string, yauzl.Entry>();
  try {
    for await (const entry of file.eachEntry()) {
      const name = readEntryName(entry);
      if (name.endsWith("/")) continue;
      if (entries.has(name)) {
        throw new ExtractFailure(
          "corrupt",
          `the package holds the part "${name}" twice, so it is unclear which one counts`,
        );
      }
      entries.set(name, entry);
    }
  } catch (error) {
    if (error instanceof ExtractFailure) throw error;
    throw new ExtractFailure("corrupt", `the directory of the package is broken: ${describeError(error)}`);
  }
  return entries;
}

/** Names are only keys here and never paths on a disk; leading slashes do occur in real files and are dropped. */
function readEntryName(entry: yauzl.Entry): string {
  const name = yauzl
    .getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
    .replaceAll("\\", "/")
    .replace(/^\/+/, "");
  if (name.includes("\0") || name.split("/").includes("..")) {
    throw new ExtractFailure(
      "corrupt",
      `the package holds a part with an unsafe name: ${JSON.stringify(name.slice(0, 100))}`,
    );
  }
  return name;
}

function describeBomb(name: string, budgetBytes: number): ExtractFailure {
  const budgetMegabytes = Math.round(budgetBytes / (1024 * 1024));
  return new ExtractFailure(
    "too_complex",
    `unpacking "${name}" takes the file past ${budgetMegabytes} MB, the limit for a file of this size (possible zip bomb)`,
    { suspicious: true },
  );
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
