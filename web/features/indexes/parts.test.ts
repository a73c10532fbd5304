import { expect, it } from "vitest";
import { indexParts, partOf } from "./parts.ts";

it("the part of an index is told from the address, for pages below it too", () => {
  expect(partOf("manuals", "/indexes/manuals")).toBe("");
  expect(partOf("manuals", "/indexes/manuals/settings")).toBe("settings");
  expect(partOf("manuals", "/indexes/manuals/builds/bld_1/documents")).toBe("builds");
  expect(new Set(indexParts.map((part) => part.path)).size).toBe(indexParts.length);
});
