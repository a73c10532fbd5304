import { describe, expect, it } from "vitest";
import { readFailure, readMade } from "../office/test-packages.ts";
import { readEmail } from "./email.ts";

const lines = (...parts: string[]) => parts.join("\r\n");
const head = lines(
  "From: Ana <ana@example.org>",
  "To: bo@example.org",
  "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=",
  "Date: Mon, 1 Jan 2024 10:00:00 +0000",
);
const multipart = (...parts: string[]) =>
  lines(head, 'Content-Type: multipart/mixed; boundary="b"', "", ...parts.map((part) => `--b\r\n${part}`), "--b--", "");

describe("readEmail", () => {
  it("opens with subject, sender, recipients and date, and keeps them as properties", async () => {
    const { result, blocks } = await readMade(
      readEmail,
      Buffer.from(lines(head, "", "Hello", "", "> before", "> that")),
    );
    expect(blocks).toEqual([
      "heading1: Grüße",
      "paragraph: From: Ana <ana@example.org>\nTo: bo@example.org\nDate: 2024-01-01T10:00:00.000Z",
      "paragraph: Hello",
      "quote: before\nthat",
    ]);
    expect(result).toMatchObject({
      title: "Grüße",
      properties: { from: "Ana <ana@example.org>", to: "bo@example.org" },
    });
  });

  it("reads the HTML body where the text body is only a stub, without what it hides", async () => {
    const html = `Content-Type: text/html\r\n\r\n<p style="display:none">preview</p><p>${"real text ".repeat(20)}</p>`;
    const mail = lines(
      head,
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "",
      "See HTML",
      "--b",
      html,
      "--b--",
      "",
    );
    const { blocks } = await readMade(readEmail, Buffer.from(mail));
    expect(blocks).toHaveLength(3);
    expect(blocks[2]).toContain("real text");
  });

  it("names attachments and reads mails inside mails, but only two deep", async () => {
    const nest = (inner: string) =>
      lines(
        "Subject: inner",
        'Content-Type: multipart/mixed; boundary="c"',
        "",
        "--c",
        "",
        "text",
        "--c",
        inner,
        "--c--",
        "",
      );
    const message = (mail: string, boundary: string) =>
      `Content-Type: message/rfc822\r\n\r\n${mail.replaceAll("--c", `--${boundary}`).replaceAll('"c"', `"${boundary}"`)}`;
    const deepest = message(nest("\r\nlast"), "e3");
    const mail = multipart(
      "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nx",
      message(nest(message(nest(deepest), "e2")), "e1"),
    );
    const { blocks, warnings } = await readMade(readEmail, Buffer.from(mail));
    expect(blocks).toContain("heading2: inner");
    expect(blocks).toContain("heading3: inner");
    expect(blocks.find((block) => block.includes("[Attachments]"))).toContain(
      "plan.pdf (application/pdf, 2 bytes); a mail",
    );
    expect(warnings).toHaveLength(1);
  });

  it("reads mails saved as UTF-16", async () => {
    const { blocks } = await readMade(readEmail, Buffer.from(`\ufeff${lines("Subject: S", "", "body")}`, "utf16le"));
    expect(blocks).toEqual(["heading1: S", "paragraph: body"]);
  });

  it("tells an encrypted mail and one nested past the limit", async () => {
    const locked = lines(
      "From: a@example.org",
      "Content-Type: application/pkcs7-mime; name=smime.p7m",
      "Content-Transfer-Encoding: base64",
      "",
      "AAAA",
    );
    expect(await readFailure(() => readMade(readEmail, Buffer.from(locked)))).toMatchObject({ code: "encrypted" });
    let deep = "";
    for (let i = 0; i < 20; i++) deep += `Content-Type: multipart/mixed; boundary="n${i}"\r\n\r\n--n${i}\r\n`;
    expect(await readFailure(() => readMade(readEmail, Buffer.from(deep), { mimeDepth: 10 }))).toMatchObject({
      code: "too_complex",
    });
  });

  it("ends as empty without subject and body", async () => {
    expect(await readFailure(() => readMade(readEmail, Buffer.from("\r\n\r\n")))).toMatchObject({ code: "empty" });
  });
});
