import jschardet from "jschardet";

export type DecodedText = { text: string; encoding: string };

const sampleBytes = 256 * 1024;
const declarationBytes = 64 * 1024;

function decodeUtf32(bytes: Buffer, littleEndian: boolean, from: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: string[] = [];
  let codes: number[] = [];
  for (let i = from; i + 3 < bytes.length; i += 4) {
    const code = view.getUint32(i, littleEndian);
    codes.push(code <= 0x10ffff ? code : 0xfffd);
    if (codes.length === 8192) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCodePoint(...codes));
  return parts.join("");
}

/** UTF-16 and UTF-32 by byte order mark, or by where the zero bytes of ASCII characters stand. */
function decodeWide(bytes: Buffer): DecodedText | null {
  const [a = -1, b = -1, c = -1, d = -1] = bytes.subarray(0, 4);
  if (a === 0xff && b === 0xfe && c === 0 && d === 0)
    return { text: decodeUtf32(bytes, true, 4), encoding: "utf-32le" };
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff)
    return { text: decodeUtf32(bytes, false, 4), encoding: "utf-32be" };
  if (a === 0xff && b === 0xfe) return decodeAs(bytes, "utf-16le");
  if (a === 0xfe && b === 0xff) return decodeAs(bytes, "utf-16be");
  const sample = bytes.subarray(0, 4096);
  const pairs = sample.length >> 1;
  if (pairs < 4) return null;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i + 1 < sample.length; i += 2) {
    if (sample[i] === 0) evenZeros++;
    if (sample[i + 1] === 0) oddZeros++;
  }
  if (oddZeros > pairs * 0.4 && evenZeros < pairs * 0.05) return decodeAs(bytes, "utf-16le");
  if (evenZeros > pairs * 0.4 && oddZeros < pairs * 0.05) return decodeAs(bytes, "utf-16be");
  return null;
}

/** Null when the platform does not know the label. */
function decodeAs(bytes: Buffer, label: string): DecodedText | null {
  try {
    const decoder = new TextDecoder(label.trim());
    return { text: decoder.decode(bytes), encoding: decoder.encoding };
  } catch {
    return null;
  }
}

/** UTF-8 when every byte fits, or when a few damaged bytes stand among many characters that do. */
function decodeUtf8(bytes: Buffer): DecodedText | null {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "utf-8" };
  } catch {
    const text = new TextDecoder("utf-8").decode(bytes);
    const damaged = text.match(/\ufffd/g)?.length ?? 0;
    const intact = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
    return intact >= 20 && damaged <= intact * 0.1 ? { text, encoding: "utf-8" } : null;
  }
}

/** The charset an HTML or XML file names in its first 64 KB. */
function findDeclaredCharset(bytes: Buffer): string | undefined {
  const head = bytes.toString("latin1", 0, declarationBytes);
  const meta = /<meta[^>]{1,500}charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head);
  const xml = /^\s*<\?xml[^>]{1,200}encoding\s*=\s*["']([\w.:-]+)/i.exec(head);
  return meta?.[1] ?? xml?.[1];
}

/** ESC $ @ or ESC $ B: a seven-bit encoding that would pass as UTF-8. */
function hasJapaneseEscape(bytes: Buffer): boolean {
  const head = bytes.subarray(0, declarationBytes);
  return head.includes("\u001b$@") || head.includes("\u001b$B");
}

/**
 * Decodes text of unknown encoding: byte order mark, UTF-16 by its zero bytes, ISO-2022-JP by its escapes,
 * strict UTF-8, the declared charset, then a statistical guess. Never throws; the byte order mark is dropped.
 * `declared` is a charset from outside (a mail header); `markup` looks for one inside.
 */
export function decodeText(bytes: Buffer, options: { declared?: string; markup?: boolean } = {}): DecodedText {
  const wide = decodeWide(bytes);
  if (wide) return wide;
  if (hasJapaneseEscape(bytes)) {
    const japanese = decodeAs(bytes, "iso-2022-jp");
    if (japanese) return japanese;
  }
  const utf8 = decodeUtf8(bytes);
  if (utf8) return utf8;
  const declared = options.declared ?? (options.markup ? findDeclaredCharset(bytes) : undefined);
  // The bytes are not UTF-8 here, whatever the file says of itself.
  if (declared && !/^utf-?(8|16)/i.test(declared)) {
    const decoded = decodeAs(bytes, declared);
    if (decoded) return decoded;
  }
  const guess = jschardet.detect(bytes.subarray(0, sampleBytes)).encoding;
  const guessed = guess && !/^utf-?8|^ascii/i.test(guess) ? decodeAs(bytes, guess) : null;
  return guessed ?? decodeAs(bytes, "windows-1252") ?? { text: bytes.toString("latin1"), encoding: "latin1" };
}
