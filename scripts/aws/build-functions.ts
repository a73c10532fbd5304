import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FunctionResource, functions } from "../../infra/resources.ts";
import { buildGloveModel, nameGloveModel } from "../../packages/engine/embedders/glove/build-model.ts";
import { buildDir, buildFunctions, hashFiles, whenChanged } from "../build.ts";
import { buildLayers } from "./layers.ts";

export const lambdaDir = join(buildDir, "lambda");
const here = dirname(fileURLToPath(import.meta.url));

/** What starts first in Lambda: it makes layers known, then loads the function. */
const starter = (name: string): string =>
  name === "main.mjs"
    ? 'import "./layer-loader.mjs";\nexport const { handler } = await import("./main.mjs");\n'
    : `import "./layer-loader.mjs";\nawait import("./${name}");\n`;

const packFunction = (from: string, to: string, usesLayers: boolean): void => {
  mkdirSync(to, { recursive: true });
  if (!usesLayers) {
    copyFileSync(join(from, "index.mjs"), join(to, "index.mjs"));
    return;
  }
  copyFileSync(join(here, "layer-loader.mjs"), join(to, "layer-loader.mjs"));
  copyFileSync(join(from, "index.mjs"), join(to, "main.mjs"));
  writeFileSync(join(to, "index.mjs"), starter("main.mjs"));
  if (!readdirSync(from).includes("child.mjs")) return;
  copyFileSync(join(from, "child.mjs"), join(to, "child-main.mjs"));
  writeFileSync(join(to, "child.mjs"), starter("child-main.mjs"));
};

/** Makes `.samla/lambda`: each function as its zip will hold it, the layers as they lie at /opt. Does nothing when nothing changed. */
export const buildForLambda = async (): Promise<string> => {
  const bundles = await buildFunctions();
  const model = { name: await nameGloveModel(), folder: "" };
  model.folder = join(buildDir, "models", model.name);
  await buildGloveModel(model.folder);
  const hash = hashFiles([
    "packages/{contracts,core,aws,engine,extract}/**/*.ts",
    "functions/**/*.ts",
    "infra/resources.ts",
    "scripts/{build.ts,aws/*}",
    "package-lock.json",
  ]);
  await whenChanged("lambda", hash, join(lambdaDir, "model"), async () => {
    rmSync(lambdaDir, { recursive: true, force: true });
    for (const [name, resource] of Object.entries(functions) as [string, FunctionResource][])
      packFunction(
        join(bundles, name),
        join(lambdaDir, "functions", name),
        Boolean(resource.engine || resource.extract),
      );
    buildLayers(bundles, join(lambdaDir, "layers"), model);
    writeFileSync(join(lambdaDir, "model"), model.name);
  });
  return lambdaDir;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildForLambda();
