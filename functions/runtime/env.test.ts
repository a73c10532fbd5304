import { defaultUploadLimits } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { readEnv, readUsageKeys } from "./env.ts";
import { testEnvironment } from "./testing-env.ts";

describe("readEnv", () => {
  it("names every variable that is missing", () => {
    // The keys are the authorizer's alone.
    const optional = /^AWS_|^SAMLA_USAGE_KEYS$/;
    const names = Object.keys(testEnvironment).filter((name) => !optional.test(name));
    expect(() => readEnv({})).toThrow();
    for (const name of names) expect(() => readEnv({}), name).toThrow(name);
    for (const name of names) expect(() => readEnv({ ...testEnvironment, [name]: undefined }), name).toThrow(name);
  });

  it("takes a key for each kind of caller, long enough for API Gateway, and names what is wrong", () => {
    expect(Object.keys(readUsageKeys(testEnvironment))).toEqual(["person", "machine"]);
    for (const wrong of [undefined, "{", '{"person":"key-of-the-people-plan"}', '{"person":"short","machine":"short"}'])
      expect(() => readUsageKeys({ SAMLA_USAGE_KEYS: wrong }), wrong).toThrow("SAMLA_USAGE_KEYS");
  });

  it("names variables that hold something else than they should", () => {
    for (const [name, value] of [
      ["SAMLA_QUEUES", "{"],
      ["SAMLA_QUEUES", '{"process":{}}'],
      ["SAMLA_EMBEDDER", "{}"],
      ["SAMLA_UPLOAD_LIMITS", '{"exe":1}'],
      ["SAMLA_UPLOAD_LIMITS", '{"pdf":-1}'],
      ["SAMLA_LEASE_MS", "soon"],
    ] as const)
      expect(() => readEnv({ ...testEnvironment, [name]: value }), `${name}=${value}`).toThrow(name);
  });

  it("changes the limits that are configured and keeps the others", () => {
    const env = readEnv({ ...testEnvironment, SAMLA_UPLOAD_LIMITS: '{"pdf":7}' });
    expect(env.SAMLA_UPLOAD_LIMITS).toEqual({ ...defaultUploadLimits, pdf: 7 });
    expect(env.SAMLA_LEASE_MS).toBe(30_000);
  });
});
