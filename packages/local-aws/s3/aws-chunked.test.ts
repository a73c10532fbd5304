import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { deriveSigningKey, type Verified } from "../kernel/sigv4.ts";
import { AwsChunkedDecoder } from "./aws-chunked.ts";

// The worked example of the S3 documentation, "Signature Calculations for the Authorization Header: Transferring
// Payload in Multiple Chunks": 66,560 times the letter a in two chunks and an empty one.
const scope = { date: "20130524", region: "us-east-1", service: "s3" };
const verified: Verified = {
  ...scope,
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  presigned: false,
  payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  signingKey: deriveSigningKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope),
  signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  amzDate: "20130524T000000Z",
};
const signatures = [
  "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
  "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
  "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
];
const chunk = (data: string, signature: string) =>
  `${data.length.toString(16)};chunk-signature=${signature}\r\n${data}${data ? "\r\n" : ""}`;
const signedBody = (last = "a") =>
  [
    chunk("a".repeat(65_536), signatures[0] ?? ""),
    chunk("a".repeat(1023) + last, signatures[1] ?? ""),
    chunk("", signatures[2] ?? ""),
    "\r\n",
  ].join("");

async function decode(body: string, how: Verified, pieceBytes = 1000) {
  const bytes = Buffer.from(body);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  const decoder = new AwsChunkedDecoder(how);
  const chunks: Buffer[] = [];
  await pipeline(Readable.from(pieces), decoder, async (source: AsyncIterable<Buffer>) => {
    for await (const data of source) chunks.push(data);
  });
  return { text: Buffer.concat(chunks).toString(), trailers: decoder.trailers };
}

const unsigned = { ...verified, payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER" };

describe("aws-chunked bodies", () => {
  it("decodes the documentation's signed chunks, however they are cut", async () => {
    for (const pieceBytes of [777, 100_000])
      expect((await decode(signedBody(), verified, pieceBytes)).text).toBe("a".repeat(66_560));
  });

  it("refuses a chunk whose data changed", async () => {
    await expect(decode(signedBody("b"), verified)).rejects.toThrow(/signature of a chunk/i);
  });

  it("gives the trailers of unsigned chunks", async () => {
    const body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    for (const pieceBytes of [1, 4, 100])
      expect(await decode(body, unsigned, pieceBytes)).toEqual({
        text: "hello",
        trailers: { "x-amz-checksum-crc32": "NhCmhg==" },
      });
  });

  it("refuses a body that ends early or has a broken header", async () => {
    await expect(decode("5\r\nhel", unsigned)).rejects.toMatchObject({ code: "IncompleteBody" });
    await expect(decode("zz\r\n", unsigned)).rejects.toMatchObject({ code: "InvalidRequest" });
  });
});
