import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDir } from "../build.ts";
import { buildForLambda } from "./build-functions.ts";
import { consoleSbom, functionsSbom } from "./sbom.ts";

const out = join(buildDir, "sbom");
mkdirSync(out, { recursive: true });
for (const [name, sbom] of Object.entries({
  functions: functionsSbom(await buildForLambda()),
  console: consoleSbom(),
})) {
  writeFileSync(join(out, `${name}.cdx.json`), `${JSON.stringify(sbom, null, 2)}\n`);
  console.log(`${join(out, `${name}.cdx.json`)}: ${sbom.components.length} packages`);
}
