import { describe, expect, it } from "vitest";
import { readFailure } from "./test-packages.ts";
import { parseXml, readAttribute, readPrefixedAttribute } from "./xml.ts";

const limits = { xmlDepth: 10, xmlNodes: 100 };

async function listEvents(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  let events = "";
  await parseXml(
    source,
    {
      open: (name) => {
        events += `<${name}>`;
      },
      text: (text) => {
        events += text;
      },
      close: (name) => {
        events += `</${name}>`;
      },
    },
    limits,
  );
  return events;
}

describe("parseXml", () => {
  it("gives names without their prefix and decodes UTF-8 cut between chunks", async () => {
    async function* cut() {
      const bytes = Buffer.from('<w:a xmlns:w="x">für</w:a>');
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    expect(await listEvents(cut())).toBe("<a>für</a>");
  });

  it("reads UTF-16 and the declared 8-bit encodings", async () => {
    expect(await listEvents(Buffer.from("\ufeff<a>ж</a>", "utf16le"))).toBe("<a>ж</a>");
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', "latin1");
    expect(await listEvents(latin)).toBe("<a>é</a>");
  });

  it("refuses a document type, so no entity is expanded and nothing is fetched", async () => {
    const xml = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    expect(await readFailure(() => listEvents(Buffer.from(xml)))).toMatchObject({ code: "corrupt", suspicious: true });
  });

  it("ends at the limits of depth and number of elements", async () => {
    const deep = Buffer.from("<a>".repeat(11) + "</a>".repeat(11));
    expect(await readFailure(() => listEvents(deep))).toMatchObject({ code: "too_complex" });
    const wide = Buffer.from(`<a>${"<b/>".repeat(100)}</a>`);
    expect(await readFailure(() => listEvents(wide))).toMatchObject({ code: "too_complex" });
  });

  it("names damage as such", async () => {
    expect(await readFailure(() => listEvents(Buffer.from("<a><b></a>")))).toMatchObject({ code: "corrupt" });
  });

  it("tells a prefixed attribute from a plain one of the same name", () => {
    const attributes = { "r:id": "rId2", id: "256" };
    expect(readAttribute(attributes, "id")).toBe("256");
    expect(readPrefixedAttribute(attributes, "id")).toBe("rId2");
  });
});
