import { describe, expect, it, vi } from "vitest";

vi.mock("server-only", () => ({}));
const { readPdfAsset } = await import("./pdf-assets.ts");

describe("files of the PDF library", () => {
  it("are served from the installed package", async () => {
    expect((await readPdfAsset({ folder: "build", file: "pdf.worker.min.mjs" }))?.mediaType).toBe("text/javascript");
    expect((await readPdfAsset({ folder: "wasm", file: "openjpeg.wasm" }))?.mediaType).toBe("application/wasm");
  });

  it("are the only files served", async () => {
    for (const [folder, file] of [
      ["build", "pdf.mjs"],
      ["build", "../../package.json"],
      ["wasm", "..\\..\\package.json"],
      ["..", "package.json"],
      ["__proto__", "toString"],
      ["cmaps", "no-such.bcmap"],
    ] as const)
      expect(await readPdfAsset({ folder, file })).toBeUndefined();
  });
});
