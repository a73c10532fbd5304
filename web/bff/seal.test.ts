import { describe, expect, it, vi } from "vitest";

vi.mock("server-only", () => ({}));
const { seal, sign, unseal, unsign } = await import("./seal.ts");

const secret = "s".repeat(32);

describe("sealed values", () => {
  it("come back as they were", () => {
    expect(unseal(secret, "a", seal(secret, "a", { token: "t" }))).toEqual({ token: "t" });
  });

  it("are refused under another secret, another purpose, or after any change", () => {
    const sealed = seal(secret, "a", { token: "t" });
    expect(unseal("x".repeat(32), "a", sealed)).toBeUndefined();
    expect(unseal(secret, "b", sealed)).toBeUndefined();
    const bytes = Buffer.from(sealed, "base64url");
    for (const at of [0, 12, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unseal(secret, "a", changed.toString("base64url"))).toBeUndefined();
    }
    expect(unseal(secret, "a", "")).toBeUndefined();
  });

  it("do not show what they hold", () => {
    expect(Buffer.from(seal(secret, "a", "secret-token"), "base64url").toString("latin1")).not.toContain(
      "secret-token",
    );
  });
});

describe("signed cookies", () => {
  it("give the value only with its own signature", () => {
    const signed = sign(secret, "id-1");
    expect(unsign(secret, signed)).toBe("id-1");
    expect(unsign(secret, signed.replace("id-1", "id-2"))).toBeUndefined();
    expect(unsign("x".repeat(32), signed)).toBeUndefined();
    for (const bad of ["", "id-1", "id-1.", ".abc"]) expect(unsign(secret, bad)).toBeUndefined();
  });
});
