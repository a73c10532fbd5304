import { expect, it } from "vitest";
import { createAttemptLimiter } from "./attempts.ts";

it("makes a username wait after five failures, whatever its case, and not for ever", () => {
  const limiter = createAttemptLimiter();
  for (let count = 0; count < 5; count++) {
    expect(limiter.secondsToWait("anna", 1000 * count)).toBe(0);
    limiter.noteFailure("Anna", 1000 * count);
  }
  expect(limiter.secondsToWait(" ANNA ", 5000)).toBe(55);
  expect(limiter.secondsToWait("bo", 5000)).toBe(0);
  expect(limiter.secondsToWait("anna", 60_000)).toBe(0);
});

it("forgets the failures after a right password", () => {
  const limiter = createAttemptLimiter();
  for (let count = 0; count < 5; count++) limiter.noteFailure("anna", 0);
  limiter.clear("anna");
  expect(limiter.secondsToWait("anna", 1)).toBe(0);
});

it("keeps a bounded number of names", () => {
  const limiter = createAttemptLimiter();
  for (let count = 0; count < 5; count++) limiter.noteFailure("first", 0);
  for (let count = 0; count < 10_001; count++) limiter.noteFailure(`invented-${count}`, 0);
  expect(limiter.secondsToWait("first", 1)).toBe(0);
  expect(limiter.secondsToWait("invented-10000", 1)).toBe(0);
});
