import { ApiError, errorCodes, errorTable, problemOf } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { describeError, fieldErrorsOf, isRetryable } from "./problem.ts";

describe("errors in words", () => {
  it("can be tried again exactly when the contract says so", () => {
    for (const code of errorCodes)
      expect(isRetryable(new ApiError(problemOf(code, "d"))), code).toBe(errorTable[code].retryable);
  });

  it("carry the next step, or how long to wait, and the request id", () => {
    const told = describeError(new ApiError(problemOf("conflict", "d", { nextStep: "n", requestId: "r" })));
    expect(told).toMatchObject({ detail: "d", nextStep: "n", requestId: "r" });
    expect(describeError(new ApiError(problemOf("rate_limited", "d"), 7)).nextStep).toContain("7 seconds");
  });

  it("show nothing of an error that is not ours", () => {
    expect(JSON.stringify(describeError(new Error("<script>secret")))).not.toContain("secret");
    expect(isRetryable(new Error("x"))).toBe(false);
    expect(fieldErrorsOf("x")).toEqual({});
  });

  it("name the fields they are about", () => {
    const error = new ApiError(problemOf("invalid_request", "d", { errors: [{ field: "name", message: "m" }] }));
    expect(fieldErrorsOf(error)).toEqual({ name: "m" });
  });
});
