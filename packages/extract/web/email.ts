import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import { type BlockBuilder, createBlockBuilder } from "../block-builder.ts";
import { decodeText } from "../encoding.ts";
import { ExtractFailure } from "../failure.ts";
import { addPieces, markText, type Piece } from "../office/pieces.ts";
import type { Reader, ReaderInput } from "../reader.ts";
import { readHtmlContent } from "./html.ts";

/** Mails inside mails are read to this depth; deeper ones are named as attachments only. */
const maxMailDepth = 2;
const maxMails = 50;
/** A text body this short beside a much longer HTML body only says that the mail is in HTML. */
const stubTextChars = 300;

/** Text bodies made from HTML write each link out; with this many long ones the HTML body reads better. */
const manyLinks = 3;

type MailContext = { input: ReaderInput; builder: BlockBuilder; mailsLeft: number };

/**
 * Reads a mail (RFC 5322, MIME): its subject as heading, sender, recipients and date as first block, the body,
 * the names of attachments, and mails forwarded inside it.
 */
export const readEmail: Reader = async (input) => {
  const context: MailContext = { input, builder: createBlockBuilder(input.limits), mailsLeft: maxMails };
  const email = await addMail(context, narrowMail(input.bytes), 0);
  const built = context.builder.result();
  if (built.blocks.length === 0) throw new ExtractFailure("empty", "the mail has neither a subject nor a body");
  return { ...built, title: email.subject?.trim() || undefined, properties: listProperties(email) };
};

/** The body of a mail or a web archive (MHT) as pieces, without its head and attachments. */
export async function readMailBody(bytes: Buffer, input: ReaderInput): Promise<Piece[]> {
  return readBody(await parseMail(narrowMail(bytes), input.limits.mimeDepth), input);
}

async function addMail(context: MailContext, bytes: Uint8Array, depth: number): Promise<Email> {
  const { builder, input } = context;
  const email = await parseMail(bytes, input.limits.mimeDepth);
  const body = readBody(email, input);
  const isLocked =
    body.length === 0 && email.attachments.some(({ mimeType }) => /pgp-encrypted|pkcs7-mime/.test(mimeType));
  if (isLocked && depth === 0)
    throw new ExtractFailure("encrypted", "the body of the mail is encrypted (S/MIME or PGP)");
  if (email.subject?.trim()) builder.heading(depth + 1, email.subject);
  const lines = describeMail(email);
  if (lines.length > 0) builder.paragraph(lines.join("\n"));
  addPieces(builder, body);
  const files = email.attachments.filter(({ related, filename }) => filename || !related);
  if (files.length > 0) addPieces(builder, [markText("Attachments", files.map(describeAttachment).join("; "))]);
  for (const { mimeType, content } of email.attachments) {
    if (mimeType !== "message/rfc822" || typeof content === "string") continue;
    if (depth >= maxMailDepth || context.mailsLeft-- <= 0) {
      input.warn("A mail inside a mail inside this mail was not read.");
      continue;
    }
    await addMail(context, new Uint8Array(content), depth + 1);
  }
  return email;
}

async function parseMail(bytes: Uint8Array, maxNestingDepth: number): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth, forceRfc822Attachments: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isLimit = /nesting|depth|header size|exceed/i.test(message);
    throw new ExtractFailure(isLimit ? "too_complex" : "corrupt", `the mail cannot be taken apart: ${message}`, {
      cause: error,
    });
  }
}

/** Mails are bytes of ASCII at heart; some are saved as UTF-16, which no mail parser takes. */
function narrowMail(bytes: Buffer): Uint8Array {
  const isWide = (bytes[0] ?? 0) >= 0xfe || bytes.subarray(0, 64).includes(0);
  return isWide ? Buffer.from(decodeText(bytes).text) : bytes;
}

function readBody(email: Email, { limits }: ReaderInput): Piece[] {
  const text = email.text?.trim() ?? "";
  if (!email.html) return readPlainBody(text);
  const linkCount = text.match(/<https?:\/\/\S{40,}>/g)?.length ?? 0;
  if (text.length > stubTextChars && linkCount < manyLinks) return readPlainBody(text);
  const html = readHtmlContent(email.html, limits, { keepsNavigation: true }).pieces;
  const htmlChars = html.reduce((sum, piece) => sum + (piece.type === "table" ? 0 : piece.text.length), 0);
  const textChars = text.replace(/<https?:\/\/\S+>/g, "").length;
  const isBetter = linkCount >= manyLinks ? htmlChars * 2 > textChars : htmlChars > textChars * 3;
  return isBetter ? html : readPlainBody(text);
}

/** Paragraphs of a text body; lines marked with ">" are quotes of an earlier mail. */
function readPlainBody(text: string): Piece[] {
  const pieces: Piece[] = [];
  if (text === "") return pieces;
  for (const part of text.split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/)) {
    const lines = part.split(/\r?\n/);
    const isQuote = lines.every((line) => line.startsWith(">"));
    const shown = isQuote ? lines.map((line) => line.replace(/^(?:> ?)+/, "")) : lines;
    pieces.push({ type: isQuote ? "quote" : "paragraph", text: shown.join("\n") });
  }
  return pieces;
}

function describeMail(email: Email): string[] {
  const { from, to, cc, date } = listProperties(email);
  const fields: [string, string | undefined][] = [
    ["From", from],
    ["To", to],
    ["Cc", cc],
    ["Date", date],
  ];
  return fields.flatMap(([label, value]) => (value ? [`${label}: ${value}`] : []));
}

function listProperties(email: Email): Record<string, string> {
  const entries: [string, string | undefined][] = [
    ["subject", email.subject?.trim()],
    ["from", email.from && formatAddress(email.from)],
    ["to", email.to?.map(formatAddress).join(", ")],
    ["cc", email.cc?.map(formatAddress).join(", ")],
    ["date", email.date],
    ["messageId", email.messageId],
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function formatAddress(address: Address): string {
  if (address.group) return `${address.name}: ${address.group.map(formatAddress).join(", ")}`;
  return address.name && address.name !== address.address ? `${address.name} <${address.address}>` : address.address;
}

function describeAttachment({ filename, mimeType, content }: Attachment): string {
  const sizeBytes = typeof content === "string" ? content.length : content.byteLength;
  const size = sizeBytes < 1024 ? `${sizeBytes} bytes` : `${Math.round(sizeBytes / 1024)} KB`;
  return `${filename ?? (mimeType === "message/rfc822" ? "a mail" : "without a name")} (${mimeType}, ${size})`;
}
