import { createHash } from "node:crypto";
import { createInvalidValueError } from "./errors.ts";

/** A message attribute as the SQS API has it; `BinaryValue` is base64. */
export type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };
export type MessageAttributes = Record<string, MessageAttribute>;

/** @throws AwsError `InvalidParameterValue` for more than 10, an unknown type or a missing value */
export function readMessageAttributes(value: unknown): MessageAttributes {
  if (value === undefined || value === null) return {};
  const entries = Object.entries(value as Record<string, Partial<MessageAttribute>>);
  if (entries.length > 10)
    throw createInvalidValueError("Number of message attributes exceeds the allowed maximum 10.");
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      if (!/^[\w.-]{1,256}$/.test(name))
        throw createInvalidValueError(`The message attribute name '${name}' is invalid.`);
      const DataType = attribute?.DataType ?? "";
      if (!/^(String|Number|Binary)(\.|$)/.test(DataType))
        throw createInvalidValueError(`The message attribute '${name}' has an invalid message attribute type.`);
      const { StringValue, BinaryValue } = attribute;
      const isBinary = DataType.startsWith("Binary");
      if (isBinary ? BinaryValue === undefined : !StringValue)
        throw createInvalidValueError(
          `The message attribute '${name}' must contain a non-empty message attribute value.`,
        );
      return [name, isBinary ? { DataType, BinaryValue } : { DataType, StringValue }];
    }),
  );
}

export const md5Hex = (text: string): string => createHash("md5").update(text).digest("hex");

/**
 * MD5 over the attributes, sorted by name, each part with its length
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).
 * Undefined when there are none.
 */
export function digestMessageAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  const update = (part: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (!attribute) continue;
    update(Buffer.from(name));
    update(Buffer.from(attribute.DataType));
    const isBinary = attribute.BinaryValue !== undefined;
    hash.update(Buffer.from([isBinary ? 2 : 1]));
    update(isBinary ? Buffer.from(attribute.BinaryValue ?? "", "base64") : Buffer.from(attribute.StringValue ?? ""));
  }
  return hash.digest("hex");
}

/** Bytes of the attributes that count towards the size limit: names, types and values. */
export function measureMessageAttributes(attributes: MessageAttributes): number {
  let sizeBytes = 0;
  for (const [name, attribute] of Object.entries(attributes)) {
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType);
    sizeBytes +=
      Buffer.byteLength(attribute.StringValue ?? "") + Buffer.byteLength(attribute.BinaryValue ?? "", "base64");
  }
  return sizeBytes;
}

/** The attributes whose names a receiver asked for: `All`, `.*`, a name, or a prefix such as `trace.*`. */
export function selectMessageAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const matches = (name: string) =>
    wanted.some(
      (want) =>
        want === "All" || want === ".*" || want === name || (want.endsWith(".*") && name.startsWith(want.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => matches(name)));
}
