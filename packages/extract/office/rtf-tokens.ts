/** What the tokenizer meets, in order (RTF 1.9.1, "RTF syntax"). */
export type RtfHandler = {
  openGroup(): void;
  closeGroup(): void;
  /** A control word such as \par or \u8364. */
  word(name: string, parameter: number | undefined): void;
  /** A control symbol such as \~ by its byte. */
  symbol(byte: number): void;
  /** A byte of text, written plainly or as \'hh. */
  byte(byte: number): void;
};

const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const maxWordChars = 40;

/** Feeds the bytes of an RTF file to a handler. Line ends mean nothing; binary data (\bin) is skipped. */
export function tokenizeRtf(bytes: Buffer, handler: RtfHandler): void {
  let at = 0;
  const { length } = bytes;
  while (at < length) {
    const byte = bytes[at] ?? 0;
    if (byte === openBrace) {
      handler.openGroup();
      at++;
    } else if (byte === closeBrace) {
      handler.closeGroup();
      at++;
    } else if (byte === backslash) at = readControl(bytes, at + 1, handler);
    else {
      if (byte !== 0x0a && byte !== 0x0d && byte !== 0) handler.byte(byte);
      at++;
    }
  }
}

/** Reads what follows a backslash; returns where to go on. */
function readControl(bytes: Buffer, start: number, handler: RtfHandler): number {
  const first = bytes[start];
  if (first === undefined) return start;
  if (first === 0x27) {
    const code = Number.parseInt(bytes.toString("latin1", start + 1, start + 3), 16);
    if (!Number.isNaN(code)) handler.byte(code);
    return start + 3;
  }
  if (!isLetter(first)) {
    handler.symbol(first);
    return start + 1;
  }
  let end = start;
  while (end - start < maxWordChars && isLetter(bytes[end])) end++;
  let numberEnd = bytes[end] === 0x2d ? end + 1 : end;
  while (isDigit(bytes[numberEnd]) && numberEnd - end < 12) numberEnd++;
  const parameter = Number.parseInt(bytes.toString("latin1", end, numberEnd), 10);
  const name = bytes.toString("latin1", start, end);
  const next = bytes[numberEnd] === 0x20 ? numberEnd + 1 : numberEnd;
  if (name === "bin") return next + Math.max(0, Number.isNaN(parameter) ? 0 : parameter);
  handler.word(name, Number.isNaN(parameter) ? undefined : parameter);
  return next;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
