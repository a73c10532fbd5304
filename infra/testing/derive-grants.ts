import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildFunctions } from "../../scripts/build.ts";
import type { GrantPart, Grants } from "../grants.ts";
import { functions } from "../resources.ts";
import { type AdapterGraph, actionsBehind, readAdapters } from "./adapter-graph.ts";
import { root } from "./unpack-platform.ts";

/** LanceDB speaks to S3 by itself: what it does there, seen at the stand-in, for reading and for writing. */
const engineReads = ["s3:GetObject", "s3:ListBucket"];
const engineWrites = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"];
const engineChanges =
  /\bengine\.(?!ts\b|search|browse|suggest|stats|list|has|count|find|get|read|open|measure|explain|ping)\w+/;

const partOf = (action: string, file: string): GrantPart[] => {
  const [service] = action.split(":");
  if (service === "dynamodb") return [file.startsWith("packages/aws/sessions/") ? "sessions" : "catalog"];
  if (service === "s3") return ["objects"];
  if (service === "execute-api") return ["connections"];
  if (service === "bedrock") return ["models"];
  if (service === "lambda") return ["lambda"];
  if (service !== "sqs") return ["agents"];
  if (/MessageMoveTask/.test(action)) return ["deadLetters"];
  return action === "sqs:GetQueueAttributes" ? ["queues", "deadLetters"] : ["queues"];
};

/** A move of dead letters reads, sends and deletes with the rights of who starts it. AWS: StartMessageMoveTask. */
const moves = { deadLetters: ["sqs:DeleteMessage", "sqs:ReceiveMessage"], queues: ["sqs:SendMessage"] };

const grantsFrom = (graph: AdapterGraph, code: string, usesEngine: boolean): Grants => {
  const bound = new Map<string, Set<string>>();
  const spoken = code.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  for (const [, name = "", factory = ""] of code.matchAll(/\b(\w+)\s*[:=]\s*(create[A-Z]\w*)\(/g))
    if (graph.factories.has(factory)) bound.set(name, (bound.get(name) ?? new Set()).add(factory));
  // A bundler numbers a name that is taken: `{ registry: registry2 }`.
  for (const [, name = "", local = ""] of code.matchAll(/\b(\w+): (\w+)\b/g)) {
    const factories = local.replace(/\d+$/, "") === name ? bound.get(local) : undefined;
    if (factories) bound.set(name, new Set([...(bound.get(name) ?? []), ...factories]));
  }
  const uses = new Set([...spoken.matchAll(/\b(\w+)\??\.(?=(\w+))/g)].map(([, on, method]) => `${on}.${method}`));
  const grants = new Map<GrantPart, Set<string>>();
  const add = (part: GrantPart, action: string): void => {
    grants.set(part, (grants.get(part) ?? new Set()).add(action));
  };
  const made = new Set([...bound.values()].flatMap((factories) => [...factories]));
  const hasRows = made.has("createDynamoDbAgentCatalog") || made.has("createDynamoDbGateCatalog");
  const hasCatalog = made.has("createDynamoDbCatalog");
  for (const { action, file } of actionsBehind(graph, uses, bound)) {
    for (const part of partOf(action, file)) {
      if (part !== "catalog" || hasCatalog || !hasRows) add(part, action);
      if (part === "catalog" && hasRows) {
        add("agentRows", action);
        // Events go into the catalog's timeline; what else is written there is refused by their keys.
        if (action === "dynamodb:PutItem" && !hasCatalog) add("timeline", action);
      }
    }
    if (action === "sqs:StartMessageMoveTask")
      for (const [part, actions] of Object.entries(moves)) for (const one of actions) add(part as GrantPart, one);
  }
  if (usesEngine)
    for (const action of [...engineReads, ...(engineChanges.test(code) ? engineWrites : [])]) add("engine", action);
  return Object.fromEntries(
    [...grants].sort(([a], [b]) => a.localeCompare(b)).map(([part, actions]) => [part, [...actions].sort()]),
  );
};

/** A bundle's own code without the adapters: each module follows a comment with its path, and unused code is gone. */
const ownCodeOf = (bundle: string): string =>
  bundle
    .split(/^\/\/ (?=[\w.@-]+(?:\/[^\n]*)?\.(?:m?[jt]sx?|cjs|json)$)/m)
    .filter((part) => !/^(node_modules|packages\/aws|packages\/[^/]+\/node_modules)\//.test(part))
    .join("\n");

const readConsole = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: globSync(["web/bff/**/*.ts", "web/app/**/route.ts"], { cwd: root })
      .filter((file) => !/\.test\.ts$/.test(file))
      .map((file) => join(root, file)),
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: "out",
    platform: "node",
    format: "esm",
    // Our own packages are part of what the console runs; those of others are not looked into.
    plugins: [
      {
        name: "others-stay-outside",
        setup: (made) => {
          made.onResolve({ filter: /^[^./]/ }, ({ path }) =>
            path === "server-only" || /^(?!@samla\/)/.test(path) ? { path, external: true } : undefined,
          );
        },
      },
    ],
    logLevel: "silent",
    tsconfig: join(root, "web/tsconfig.json"),
  });
  return outputFiles.map((one) => one.text).join("\n");
};

/** What each function and the console need, from the code that they run. */
export const deriveGrants = async (): Promise<Record<string, Grants>> => {
  const bundles = await buildFunctions();
  const graph = readAdapters();
  const all: Record<string, Grants> = {};
  for (const name of Object.keys(functions).sort()) {
    const bundle = readFileSync(join(bundles, name, "index.mjs"), "utf8");
    all[name] = grantsFrom(graph, ownCodeOf(bundle), /from "@lancedb\/lancedb"/.test(bundle));
  }
  all.web = grantsFrom(graph, ownCodeOf(await readConsole()), false);
  return all;
};

export const grantsFile = join(root, "infra", "grants.json");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(grantsFile, `${JSON.stringify(await deriveGrants(), null, 2)}\n`);
  execFileSync(join(root, "node_modules", ".bin", "biome"), ["format", "--write", grantsFile], { stdio: "ignore" });
}
