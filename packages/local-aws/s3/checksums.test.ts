import { describe, expect, it } from "vitest";
import { composeChecksum, crc32c, createDigester, findRequestAlgorithm } from "./checksums.ts";

describe("checksums", () => {
  it("has the check value of CRC-32C, in one piece or several", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    expect(crc32c(Buffer.from("6789"), crc32c(Buffer.from("12345")))).toBe(0xe3069283);
  });

  it("has the check value of CRC-32, big-endian", () => {
    const digester = createDigester("crc32");
    digester.update(Buffer.from("123456789"));
    expect(digester.digest().toString("hex")).toBe("cbf43926");
  });

  it("finds the algorithm in trailer, value or announcement, and names what it lacks", () => {
    expect(findRequestAlgorithm({ "x-amz-trailer": "x-amz-checksum-sha256" })).toBe("sha256");
    expect(findRequestAlgorithm({ "x-amz-checksum-crc32c": "x" })).toBe("crc32c");
    expect(findRequestAlgorithm({ "x-amz-sdk-checksum-algorithm": "SHA1" })).toBe("sha1");
    expect(findRequestAlgorithm({ "x-amz-checksum-mode": "ENABLED" })).toBeUndefined();
    expect(() => findRequestAlgorithm({ "x-amz-checksum-crc64nvme": "x" })).toThrow(/CRC64NVME/);
  });

  it("composes the checksum of parts from theirs", () => {
    expect(composeChecksum("crc32", ["NhCmhg==", "NhCmhg=="])).toMatch(/^[\w+/=]{8}-2$/);
  });
});
