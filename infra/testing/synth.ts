// Runs the real run() of sst.config.ts with SST's real components under Pulumi's mocks, and writes every resource that
// it would register. One stage a process, because SST keeps state in its modules. Offline; needs no account.
import nodeCrypto from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { account, call, newResource, region } from "./mocks.ts";
import { platform, root, unpackPlatform, work } from "./unpack-platform.ts";

const { values: options } = parseArgs({
  options: { stage: { type: "string", default: "dev" }, out: { type: "string", default: "stack.json" } },
});
const { stage, out } = options;

type Values = Record<string, unknown>;
type Registration = {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getProtect(): boolean;
  getDependenciesList(): string[];
  getObject(): unknown;
};
type Monitor = {
  registerResource(request: Registration, callback: (error: unknown, answer?: { getUrn(): string }) => void): unknown;
};
type Pulumi = {
  runtime: {
    setMocks(mocks: object, project: string, stage: string, preview: boolean): Promise<void>;
    runInPulumiStack(program: () => unknown): Promise<unknown>;
    disconnect(): Promise<void>;
  };
};

unpackPlatform();
const load = createRequire(join(platform, "package.json"));
process.env.PULUMI_CONFIG ??= JSON.stringify({ "aws:region": region });
const pulumi = load("@pulumi/pulumi") as Pulumi;
const internals = load("@pulumi/pulumi/runtime/settings") as { getMonitor(): Monitor; waitForRPCs?(): Promise<void> };
const { deserializeProperties } = load("@pulumi/pulumi/runtime/rpc") as { deserializeProperties(of: unknown): Values };

/** The bundle that the `sst` command makes of the configuration: the same esbuild options, globals and shims. */
const bundleConfig = async (outfile: string): Promise<void> => {
  const globals = [
    'import * as aws from "@pulumi/aws";',
    'import * as random from "@pulumi/random";',
    `import * as sst from ${JSON.stringify(join(platform, "src/components"))};`,
  ].join("\n");
  await build({
    stdin: {
      contents: [
        `import { run } from ${JSON.stringify(join(platform, "src/auto/run.ts"))};`,
        `import config from ${JSON.stringify(join(root, "sst.config.ts"))};`,
        "export const app = config.app;",
        "export const deploy = () => run(config.run);",
      ].join("\n"),
      resolveDir: root,
      sourcefile: "eval.ts",
      loader: "ts",
    },
    banner: {
      js: 'import { createRequire as __createRequire } from "module"; const require = __createRequire(import.meta.url); import { fileURLToPath as __toPath } from "url"; const __filename = __toPath(import.meta.url); const __dirname = __toPath(new URL(".", import.meta.url));',
    },
    mainFields: ["module", "main"],
    format: "esm",
    platform: "node",
    bundle: true,
    outfile,
    logLevel: "error",
    sourcemap: "inline",
    nodePaths: [join(root, "infra", "node_modules")],
    external: [
      "@pulumi/*",
      "undici",
      "@pulumiverse/*",
      "@sst-provider/*",
      "@aws-sdk/*",
      "esbuild",
      "archiver",
      "glob",
      "vite",
    ],
    define: { $app: "globalThis.__sst_app", $cli: "globalThis.__sst_cli", $dev: "false" },
    inject: [join(platform, "src/shim/run.js")],
    plugins: [
      {
        name: "globals",
        setup: (one) =>
          one.onLoad({ filter: /(sst\.config|infra\/[^/]+)\.ts$/ }, (file) => ({
            contents: `${file.path.includes(".sst/") ? "" : globals}\n${readFileSync(file.path, "utf8")}`,
            loader: "ts",
          })),
      },
    ],
  });
};

/** What SST's components ask of the command that runs them. */
const answers: Record<string, (input: Values) => Values> = {
  "Provider.Aws.Bootstrap": (input) => ({
    asset: `sst-asset-${input.region}`,
    state: "sst-state",
    assetEcrRegistryId: account,
    assetEcrUrl: `${account}.dkr.ecr.${input.region}.amazonaws.com/sst-asset`,
    appsyncHttp: "",
    appsyncRealtime: "",
  }),
  "Provider.Aws.Appsync": () => ({ http: "h", realtime: "r" }),
  "Runtime.AddTarget": () => ({}),
  "Runtime.Build": (input) => {
    const folder = resolve(root, String(input.bundle ?? ""));
    const [stem] = String(input.handler).split(/\.(?=[^.]+$)/);
    const found = input.bundle && [".mjs", ".js", ".cjs"].some((end) => existsSync(join(folder, `${stem}${end}`)));
    return {
      handler: input.handler,
      out: folder,
      errors: found ? [] : [`${input.functionID}: ${input.bundle}/${stem} does not exist; run npm run build:aws`],
      sourcemaps: [],
    };
  },
};

const serveAnswers = async (): Promise<() => void> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, params } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string; params: Values[] };
      const answer = answers[method];
      response.end(
        JSON.stringify(answer ? { result: answer(params[0] ?? {}) } : { error: `rpc: can't find method ${method}` }),
      );
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  process.env.SST_SERVER = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => server.close();
};

/** Inputs as plain JSON: archives by path and size, secrets marked. */
const plain = async (value: unknown): Promise<unknown> => {
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== "object" || value === null) return value;
  const one = value as Values;
  if (one.__pulumiAsset || one.__pulumiArchive) {
    const file = (await one.path) as string | undefined;
    const isFile = file && existsSync(file) && statSync(file).isFile();
    return { asset: file ? relative(root, file) : true, ...(isFile ? { sizeBytes: statSync(file).size } : {}) };
  }
  if (one["4dabf18193072939515e22adb298388d"]) return { secret: await plain(one.value) };
  return Object.fromEntries(
    await Promise.all(Object.entries(one).map(async ([key, inner]) => [key, await plain(inner)])),
  );
};

const failures: string[] = [];
const fail = (error: unknown): void =>
  void failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);

// Physical names end in random bytes; fixed ones make two runs alike.
const realRandom = nodeCrypto.randomBytes;
Object.assign(nodeCrypto, {
  randomBytes: (size: number, callback?: never) =>
    size === 8 && !callback ? Buffer.alloc(8, 1) : realRandom(size, callback as never),
});

const bundle = join(platform, `synth.${process.pid}.mjs`);
const app: Values = { name: "samla", stage, removal: "remove", protect: false, providers: {}, home: "aws" };
const close = await serveAnswers();
try {
  await bundleConfig(bundle);
  Object.assign(globalThis, {
    __sst_app: app,
    __sst_cli: {
      command: "deploy",
      rpc: process.env.SST_SERVER,
      paths: { home: join(work, "home"), root, work: join(work, stage), platform },
      state: { version: {} },
    },
  });
  await pulumi.runtime.setMocks({ newResource, call }, "samla", stage, false);
  const monitor = internals.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  const resources: Values[] = [];
  monitor.registerResource = (request, callback) =>
    register(request, (error, answer) => {
      if (answer)
        resources.push({
          urn: answer.getUrn(),
          type: request.getType(),
          name: request.getName(),
          custom: request.getCustom(),
          parent: request.getParent() || undefined,
          dependencies: request.getDependenciesList(),
          inputs: deserializeProperties(request.getObject()),
        });
      callback(error, answer);
    });
  process.chdir(root);
  const program = (await import(pathToFileURL(bundle).href)) as {
    app(input: Values): Promise<Values> | Values;
    deploy(): Promise<unknown>;
  };
  Object.assign(app, await program.app({ stage }));
  await pulumi.runtime.runInPulumiStack(() => program.deploy());
  await internals.waitForRPCs?.();
  await pulumi.runtime.disconnect();
  for (const resource of resources) {
    resource.inputs = await plain(resource.inputs);
    // The site's build carries this process's whole environment: names are enough, values stay here.
    if (resource.type === "command:local:Command") resource.inputs = { create: (resource.inputs as Values).create };
  }
  resources.sort((a, b) => String(a.urn).localeCompare(String(b.urn)));
  mkdirSync(dirname(resolve(out)), { recursive: true });
  writeFileSync(resolve(out), JSON.stringify({ app, resources }));
} catch (error) {
  fail(error);
} finally {
  close();
  rmSync(bundle, { force: true });
}
for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 ? 1 : 0);
