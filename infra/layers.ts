import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { nameOf } from "./stage.ts";
import { artifacts } from "./storage.ts";

/** Where `npm run build:aws` leaves what Lambda gets. */
export const builtDir = ".samla/lambda";

export type LayerName = "engine" | "extract";

const read = (file: string): string => {
  if (!existsSync(file))
    throw new Error(`${file} is missing. Run \`npm run build:aws\` first; \`npm run deploy\` does.`);
  return readFileSync(file, "utf8");
};

const makeLayer = (name: LayerName): aws.lambda.LayerVersion => {
  const folder = `${builtDir}/layers/${name}`;
  const hash = createHash("sha256")
    .update(read(`${folder}.manifest.json`))
    .digest("hex");
  const file = new aws.s3.BucketObjectv2(`${name}LayerCode`, {
    bucket: artifacts.name,
    key: `layers/${name}-${hash.slice(0, 16)}.zip`,
    source: new $util.asset.FileArchive(`${$cli.paths.root}/${folder}`),
  });
  return new aws.lambda.LayerVersion(`${name}Layer`, {
    layerName: nameOf(name),
    s3Bucket: file.bucket,
    s3Key: file.key,
    sourceCodeHash: hash,
    compatibleRuntimes: ["nodejs24.x"],
    compatibleArchitectures: ["x86_64"],
    skipDestroy: false,
  });
};

/** Native code and what finds its own files; a layer is sent once, not with each function. */
export const layers: Record<LayerName, aws.lambda.LayerVersion> = {
  engine: makeLayer("engine"),
  extract: makeLayer("extract"),
};

/** The embedder that lies in the engine's layer, as the functions are told of it. */
export const shippedEmbedder = (): string =>
  JSON.stringify({ kind: "glove", folder: `/opt/models/${read(`${builtDir}/model`)}` });
