import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiError, type Client, type IndexSlug } from "../../packages/contracts/index.ts";
import { root } from "../build.ts";
import { uploadBytes } from "./upload.ts";

export const manualIndex = "manual" as IndexSlug;

/** Puts SAMLA's own manual into an index at the first start. A manual that changed becomes a new version. */
export const seedManual = async (client: Client): Promise<number> => {
  try {
    await client.call("indexes.create", {
      body: {
        slug: manualIndex,
        name: "SAMLA manual",
        description: "How to use each part of SAMLA. Loaded at the first start; safe to delete.",
        readers: ["everyone"],
      },
    });
    await client.call("indexes.create", {
      body: {
        slug: "library" as IndexSlug,
        name: "Library",
        description: "A place for your own documents.",
        readers: ["everyone"],
      },
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.code !== "already_exists") throw error;
    return 0;
  }
  const dir = join(root, "docs", "manual");
  const names = readdirSync(dir)
    .filter((name) => name.endsWith(".md"))
    .sort();
  for (const name of names)
    await uploadBytes(client, manualIndex, { name, bytes: readFileSync(join(dir, name)), tags: ["manual"] });
  return names.length;
};
