/** Encodings of font charsets (RTF 1.9.1, \fcharset). */
const encodingOfCharset: Record<number, string> = {
  77: "macintosh",
  128: "shift_jis",
  129: "euc-kr",
  130: "euc-kr",
  134: "gbk",
  136: "big5",
  161: "windows-1253",
  162: "windows-1254",
  163: "windows-1258",
  177: "windows-1255",
  178: "windows-1256",
  186: "windows-1257",
  204: "windows-1251",
  222: "windows-874",
  238: "windows-1250",
};

/** Code pages whose name differs from windows-N. */
const encodingOfCodePage: Record<number, string> = {
  866: "ibm866",
  932: "shift_jis",
  936: "gbk",
  949: "euc-kr",
  950: "big5",
  1361: "euc-kr",
  10000: "macintosh",
  10007: "x-mac-cyrillic",
  65001: "utf-8",
};

/** Upper half of code page 437, which the platform cannot decode (Unicode mapping table CP437.TXT). */
const codePage437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

const decoders = new Map<string, TextDecoder>();

export function findCharsetEncoding(charset: number, fallback: string): string {
  return encodingOfCharset[charset] ?? fallback;
}

export function findCodePageEncoding(codePage: number): string {
  return codePage === 437 || codePage === 850 ? "cp437" : (encodingOfCodePage[codePage] ?? `windows-${codePage}`);
}

/** Decodes bytes of text; an encoding nobody knows reads as windows-1252. */
export function decodeRtfBytes(bytes: number[], encoding: string): string {
  if (encoding === "cp437") {
    return bytes.map((byte) => (byte < 128 ? String.fromCharCode(byte) : codePage437.charAt(byte - 128))).join("");
  }
  let decoder = decoders.get(encoding);
  if (!decoder) {
    decoder = createDecoder(encoding);
    decoders.set(encoding, decoder);
  }
  return decoder.decode(Uint8Array.from(bytes));
}

function createDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder("windows-1252");
  }
}
