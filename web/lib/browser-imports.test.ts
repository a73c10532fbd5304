import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const web = new URL("..", import.meta.url);
const filesBelow = (folder: string): string[] =>
  readdirSync(new URL(folder, web), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."))
    .map((file) => `${folder}/${file}`);

/** Imports that stay in the built code and lead to shapes; `import()` is left out, as it loads when asked for. */
const shapesTaken = (source: string): string[] =>
  [...source.matchAll(/^import\s+(?!type\b)([^;]*?)\s+from\s+"(@samla\/contracts(?!\/plain")[^"]*|zod)"/gm)]
    .filter(([, names = ""]) => !/^\{\s*(type\s+\w+,?\s*)+\}$/.test(names))
    .map(([line]) => line.replace(/\s+/g, " "));

describe("browser code", () => {
  it("takes values of the contract from @samla/contracts/plain, so that no page loads zod", () => {
    const taken = ["features", "ui", "lib"]
      .flatMap(filesBelow)
      .flatMap((file) => shapesTaken(readFileSync(new URL(file, web), "utf8")).map((line) => `${file}: ${line}`));
    expect(taken, `below ${fileURLToPath(web)}`).toEqual([]);
  });

  it("says toasts through ui/toast.ts alone: said to the library itself, they come before what draws them", () => {
    const direct = ["features", "ui", "lib", "app"]
      .flatMap(filesBelow)
      .filter((file) => !["ui/toast.ts", "features/shell/toasts.tsx"].includes(file))
      .filter((file) => readFileSync(new URL(file, web), "utf8").includes('"sonner"'));
    expect(direct).toEqual([]);
  });

  it("is told apart by this scan", () => {
    expect(shapesTaken('import { Tag, type Document } from "@samla/contracts";')).toHaveLength(1);
    expect(shapesTaken('import {\n  limits,\n} from "@samla/contracts/limits";')).toHaveLength(1);
    expect(
      shapesTaken('import type { Tag } from "@samla/contracts";\nimport { limits } from "@samla/contracts/plain";'),
    ).toEqual([]);
  });
});
