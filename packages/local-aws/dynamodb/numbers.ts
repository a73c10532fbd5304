import { validationError } from "./errors.ts";

/** `coefficient` x 10^`exponent`, without trailing zeros in the coefficient; zero has exponent 0. */
type Decimal = { coefficient: bigint; exponent: number };

// Limits from the DynamoDB Developer Guide, "Constraints": 38 digits, 1E-130 to 9.99..E+125.
const MAX_DIGITS = 38;
const MAX_MAGNITUDE = 126;
const MIN_MAGNITUDE = -129;
const EXPONENT_OFFSET = 1000;

function parseDecimal(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (!match || whole.length + fraction.length === 0) {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const digits = whole + fraction;
  let start = 0;
  while (start < digits.length && digits[start] === "0") start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === "0") end--;
  if (start === end) return { coefficient: 0n, exponent: 0 };
  const significant = digits.slice(start, end);
  const exponent = Number(match[4] ?? 0) - fraction.length + (digits.length - end);
  const magnitude = significant.length + exponent;
  if (magnitude > MAX_MAGNITUDE) {
    throw validationError("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (magnitude < MIN_MAGNITUDE) {
    throw validationError("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  if (significant.length > MAX_DIGITS) {
    throw validationError("Attempting to store more than 38 significant digits in a Number");
  }
  const coefficient = BigInt(significant);
  return { coefficient: match[1] === "-" ? -coefficient : coefficient, exponent };
}

function formatDecimal({ coefficient, exponent }: Decimal): string {
  if (exponent >= 0) return String(coefficient * 10n ** BigInt(exponent));
  const negative = coefficient < 0n;
  const digits = String(negative ? -coefficient : coefficient).padStart(1 - exponent, "0");
  return `${negative ? "-" : ""}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

function alignDecimals(left: Decimal, right: Decimal): { left: bigint; right: bigint; exponent: number } {
  const exponent = Math.min(left.exponent, right.exponent);
  return {
    left: left.coefficient * 10n ** BigInt(left.exponent - exponent),
    right: right.coefficient * 10n ** BigInt(right.exponent - exponent),
    exponent,
  };
}

/** The form DynamoDB gives back: plain decimal digits, no exponent. Throws ValidationException beyond its limits. */
export function normalizeNumber(text: string): string {
  return formatDecimal(parseDecimal(text));
}

/** Exact decimal sum; `sign` -1 subtracts. Throws ValidationException when the result leaves DynamoDB's limits. */
export function addNumbers(left: string, right: string, sign: 1 | -1 = 1): string {
  const aligned = alignDecimals(parseDecimal(left), parseDecimal(right));
  const sum = sign === 1 ? aligned.left + aligned.right : aligned.left - aligned.right;
  return normalizeNumber(`${sum}e${aligned.exponent}`);
}

/** -1, 0 or 1 by numeric value. */
export function compareNumbers(left: string, right: string): number {
  const aligned = alignDecimals(parseDecimal(left), parseDecimal(right));
  return aligned.left < aligned.right ? -1 : aligned.left > aligned.right ? 1 : 0;
}

/**
 * Bytes whose byte order is numeric order: a sign byte, a biased exponent, then the digits; all of a negative
 * number's bytes are inverted and closed with 255, so that a longer negative sorts before its prefix.
 */
export function encodeNumberKey(text: string): Uint8Array {
  const { coefficient, exponent } = parseDecimal(text);
  if (coefficient === 0n) return Uint8Array.of(128);
  const negative = coefficient < 0n;
  const digits = String(negative ? -coefficient : coefficient);
  const biased = digits.length + exponent + EXPONENT_OFFSET;
  const body = [biased >> 8, biased & 255, ...Buffer.from(digits)];
  return negative ? Uint8Array.from([127, ...body.map((byte) => 255 - byte), 255]) : Uint8Array.from([129, ...body]);
}
