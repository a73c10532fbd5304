import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { type AgentManifest, AgentManifest as AgentManifestShape } from "../../packages/contracts/index.ts";
import type { ImageFile } from "./write-layer.ts";

export type BundledPackage = { name: string; version: string; license: string | undefined };

const banner =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** The packages whose code a bundle holds, by the folders its parts were read from. */
const packagesOf = (root: string, inputs: readonly string[]): BundledPackage[] => {
  const folders = new Set(inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const found = new Map<string, BundledPackage>();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      name?: string;
      version?: string;
      license?: unknown;
    };
    if (name && version)
      found.set(`${name}@${version}`, { name, version, license: typeof license === "string" ? license : undefined });
  }
  return [...found.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
};

/**
 * An agent as its image has it: one bundle of `main.ts`, its source map, and `agent.json`, below `/app`.
 * @throws Error naming the agent's file that is missing or wrong
 */
export const bundleAgent = async (
  root: string,
  agentDir: string,
): Promise<{ files: ImageFile[]; packages: BundledPackage[]; manifest: AgentManifest; manifestText: string }> => {
  const at = (name: string): string => join(root, agentDir, name);
  for (const name of ["agent.json", "main.ts"])
    if (!existsSync(at(name)))
      throw new Error(`${join(agentDir, name)} is missing; an agent is a folder with agent.json and main.ts.`);
  const manifestText = readFileSync(at("agent.json"), "utf8");
  let given: unknown;
  try {
    given = JSON.parse(manifestText);
  } catch (error) {
    throw new Error(`${join(agentDir, "agent.json")} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const manifest = AgentManifestShape.safeParse(given);
  if (!manifest.success)
    throw new Error(
      `${join(agentDir, "agent.json")} is not valid: ${manifest.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ")}.`,
    );
  const { outputFiles, metafile } = await build({
    entryPoints: [at("main.ts")],
    outfile: join(root, agentDir, "main.js"),
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: banner },
    sourcemap: "linked",
    logLevel: "silent",
  }).catch((error: Error) => {
    throw new Error(`${join(agentDir, "main.ts")} does not build: ${error.message}`);
  });
  const textOf = (end: string): string => outputFiles.find((file) => file.path.endsWith(end))?.text ?? "";
  const text = (path: string, content: string): ImageFile => ({
    kind: "text",
    path: `app/${path}`,
    text: content,
    mode: 0o644,
  });
  return {
    files: [
      text("main.js", textOf("main.js")),
      text("main.js.map", textOf("main.js.map")),
      text("agent.json", manifestText),
      text(
        "package.json",
        `${JSON.stringify({ name: manifest.data.name, version: manifest.data.version, type: "module", private: true })}\n`,
      ),
    ],
    packages: packagesOf(root, Object.keys(metafile.inputs)),
    manifest: manifest.data,
    manifestText: JSON.stringify(given),
  };
};
