import { describe, expect, it } from "vitest";
import { decodeText } from "./encoding.ts";

const bytesOf = (...hex: string[]) => Buffer.from(hex.join("").replace(/\s/g, ""), "hex");

describe("decoding text", () => {
  it("reads UTF-8 with and without its mark", () => {
    expect(decodeText(Buffer.from("\ufeffgrün"))).toEqual({ text: "grün", encoding: "utf-8" });
    expect(decodeText(Buffer.from("grün")).text).toBe("grün");
  });

  it("reads UTF-16 and UTF-32 by their mark", () => {
    expect(decodeText(Buffer.from("\ufeffhej på dig", "utf16le"))).toEqual({
      text: "hej på dig",
      encoding: "utf-16le",
    });
    expect(decodeText(bytesOf("feff", "0068", "00e9"))).toEqual({ text: "hé", encoding: "utf-16be" });
    expect(decodeText(bytesOf("fffe0000", "68000000", "00f60100"))).toEqual({ text: "h😀", encoding: "utf-32le" });
  });

  it("finds UTF-16 without a mark by its zero bytes", () => {
    expect(decodeText(Buffer.from("plain words without a mark", "utf16le")).text).toBe("plain words without a mark");
  });

  it("keeps UTF-8 in which a byte is damaged", () => {
    const bytes = Buffer.concat([Buffer.from("žluťoučký kůň úpěl ďábelské ódy ".repeat(4)), Buffer.from([0xff])]);
    expect(decodeText(bytes)).toMatchObject({ encoding: "utf-8", text: expect.stringContaining("ďábelské") });
  });

  it("guesses Cyrillic and Western single-byte encodings", () => {
    const russian = bytesOf(
      "8e a4 ad a0 a6 a4 eb 2c 20 a2 20 e1 e2 e3 a4 a5 ad e3 ee 20 a7 a8 ac ad ee ee 20 af ae e0 e3 2c 20 9f 20 a8 a7 20 ab a5 e1 e3 20 a2 eb e8 a5 ab",
    );
    expect(decodeText(russian).text).toBe("Однажды, в студеную зимнюю пору, Я из лесу вышел");
    expect(
      decodeText(Buffer.from("Die Tür geht auf, die Größe zählt, schön für alle Mädchen", "latin1")).text,
    ).toContain("Größe");
  });

  it("follows a declaration in markup when the bytes are not UTF-8", () => {
    const html = Buffer.concat([Buffer.from('<meta charset="windows-1251"><p>'), bytesOf("cf f0 e8 e2 e5 f2")]);
    expect(decodeText(html, { markup: true })).toMatchObject({
      encoding: "windows-1251",
      text: expect.stringContaining("Привет"),
    });
  });

  it("does not believe a declaration against valid UTF-8", () => {
    expect(decodeText(Buffer.from('<meta charset="iso-8859-1">grün'), { markup: true }).text).toContain("grün");
  });

  it("reads Japanese mail text by its escapes", () => {
    expect(decodeText(bytesOf("1b2442 46 7c 4b 5c 1b2842")).text).toBe("日本");
  });
});
