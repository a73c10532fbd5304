import { describe, expect, it } from "vitest";
import { parseAmzDate, readCredentialScope, verifySignature } from "./sigv4.ts";

// The worked example of the S3 documentation, "Authenticating Requests: Using the Authorization Header", GET Object.
const credentials = [
  { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
];
const emptySha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const getObject = {
  method: "GET",
  rawUrl: "/test.txt",
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    range: "bytes=0-9",
    "x-amz-content-sha256": emptySha,
    "x-amz-date": "20130524T000000Z",
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
};
const nowMs = Date.UTC(2013, 4, 24);

// The example of "Authenticating Requests: Using Query Parameters", valid for a day.
const presigned = {
  method: "GET",
  rawUrl:
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  headers: { host: "examplebucket.s3.amazonaws.com" },
};

describe("SigV4", () => {
  it("accepts the documentation's signed request", () => {
    expect(verifySignature(getObject, credentials, { nowMs })).toMatchObject({ service: "s3", payloadHash: emptySha });
  });

  it("refuses a request of which one signed header changed", () => {
    const changed = { ...getObject, headers: { ...getObject.headers, range: "bytes=0-10" } };
    expect(() => verifySignature(changed, credentials, { nowMs })).toThrow(/does not match/);
  });

  it("refuses a request of which the path or the method changed", () => {
    expect(() => verifySignature({ ...getObject, rawUrl: "/other.txt" }, credentials, { nowMs })).toThrow(
      /does not match/,
    );
    expect(() => verifySignature({ ...getObject, method: "DELETE" }, credentials, { nowMs })).toThrow(/does not match/);
  });

  it("refuses an unknown key, a missing signature and a date that is too far off", () => {
    expect(() => verifySignature(getObject, [], { nowMs })).toThrow(/access key id/);
    expect(() => verifySignature({ ...getObject, headers: { host: "h" } }, credentials)).toThrow(/not signed/);
    expect(() => verifySignature(getObject, credentials, { nowMs: nowMs + 16 * 60_000 })).toThrow(/too large/);
  });

  it("accepts the documentation's presigned URL until it expires", () => {
    expect(verifySignature(presigned, credentials, { nowMs: nowMs + 86_399_000 })).toMatchObject({ presigned: true });
    expect(() => verifySignature(presigned, credentials, { nowMs: nowMs + 86_401_000 })).toThrow("Request has expired");
  });

  it("reads the service of a request from header and query", () => {
    expect(readCredentialScope(getObject)?.service).toBe("s3");
    expect(readCredentialScope(presigned)?.region).toBe("us-east-1");
    expect(readCredentialScope({ ...getObject, headers: {} })).toBeUndefined();
  });

  it("does not take a broken date for a date", () => {
    expect(parseAmzDate("20130524T000000Z")).toBe(nowMs);
    expect(parseAmzDate("2013-05-24")).toBeNaN();
  });
});
