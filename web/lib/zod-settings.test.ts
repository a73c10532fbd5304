import { expect, it, vi } from "vitest";
import { forbidZodCompiling } from "./zod-settings.ts";

it("zod honours settings made before it is loaded and never compiles code", async () => {
  forbidZodCompiling();
  const compile = vi.spyOn(globalThis, "Function");
  const { z } = await import("zod");
  expect(z.config().jitless).toBe(true);
  expect(z.object({ a: z.string() }).parse({ a: "x" })).toEqual({ a: "x" });
  expect(compile).not.toHaveBeenCalled();
});
