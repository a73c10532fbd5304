import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeExtractors, extractFile } from "@samla/extract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pdfFile } from "../e2e/support/files.ts";
import { eventOf } from "../functions/runtime/testing-events.ts";
import { startTestAws } from "../packages/aws/testing.ts";
import type { TestResources } from "../packages/aws/testing-resources.ts";
import { type Route, routes } from "../packages/contracts/index.ts";
import { type LayerManifest, unpackedBytesMax } from "../scripts/aws/layers.ts";
import { type FunctionName, functionOfGroup, functions, queueConsumers, queues } from "./resources.ts";
import { canMount, invokeFromZip, layersDir, layersOf, unpackZip, zipOf } from "./testing/lambda-zip.ts";
import { root } from "./testing/unpack-platform.ts";

const names = Object.keys(functions) as FunctionName[];
const home = mkdtempSync(join(tmpdir(), "samla-lambda-"));
const taskDir = (name: FunctionName): string => join(home, name);
const sizes = new Map<FunctionName, number>();
let aws: TestResources;
let environment: Record<string, string>;

beforeAll(async () => {
  aws = await startTestAws("bucket", "queues", "tables");
  for (const name of names) sizes.set(name, await unpackZip(zipOf("production", name), taskDir(name)));
  const model = readFileSync(join(root, ".samla/lambda/model"), "utf8");
  environment = {
    AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL ?? "",
    AWS_REGION: process.env.AWS_REGION ?? "",
    AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? "",
    AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? "",
    SAMLA_STAGE: "production",
    SAMLA_CATALOG_TABLE: aws.tables.catalog,
    SAMLA_BUCKET: aws.bucket,
    SAMLA_QUEUES: JSON.stringify(
      Object.fromEntries(
        Object.entries(queues).map(([name, { fifo }]) => {
          const end = fifo ? ".fifo" : "";
          return [name, { url: aws.queueUrl(name + end), deadLetterUrl: aws.queueUrl(`${name}-dead${end}`) }];
        }),
      ),
    ),
    SAMLA_ENGINE_URI: join(home, "tables"),
    SAMLA_EMBEDDER: JSON.stringify({ kind: "glove", folder: `/opt/models/${model}` }),
    SAMLA_API_URL: "https://api.example/v1",
    SAMLA_SOCKET_URL: "wss://socket.example/v1",
    SAMLA_SOCKET_MANAGEMENT_URL: "https://socket.example/v1",
    SAMLA_ISSUER_URL: "http://127.0.0.1:9",
    SAMLA_AUDIENCE: "https://samla.dev/api",
    SAMLA_USAGE_KEYS: JSON.stringify({ person: "key-of-the-people-plan", machine: "key-of-the-machine-plan" }),
    // Its keys are those of the agents' table.
    SAMLA_AGENTS_TABLE: aws.tables.catalog,
    SAMLA_AGENT_PLATFORM: JSON.stringify({ stage: "production", names: [], parameters: {} }),
  };
}, 120_000);

afterAll(async () => {
  await closeExtractors();
  await aws?.close();
  rmSync(home, { recursive: true, force: true });
});

/** An event that the function can answer without data, and what a sound answer looks like. */
const trialOf = (
  name: FunctionName,
): { event: unknown; sound: (answer: { result?: unknown; error?: string }) => void } => {
  const group = (Object.values(routes) as Route[]).find((route) => functionOfGroup(route.group) === name);
  if (group) {
    const plain = (Object.values(routes) as Route[]).find(
      (route) => functionOfGroup(route.group) === name && route.method === "GET" && !route.path.includes("{"),
    );
    return {
      event: eventOf({ path: plain?.path ?? "/nothing/at/all", query: { index: ["handbook"], q: ["word"] } }),
      sound: ({ result }) => {
        const { statusCode, body } = result as { statusCode: number; body: string };
        expect(statusCode, body).toBeLessThan(500);
        expect(JSON.parse(body)).toBeTypeOf("object");
      },
    };
  }
  if (name === "authorizer")
    return { event: { headers: {} }, sound: ({ error }) => expect(error).toMatch(/^Error: Unauthorized/) };
  if (name === "socket")
    return {
      event: { requestContext: { routeKey: "$connect", connectionId: "c", requestId: "r" } },
      sound: ({ result }) => expect(result).toMatchObject({ statusCode: 403 }),
    };
  if (name === "tail-logs")
    return {
      event: { requestContext: { connectionId: "c" }, body: "no message" },
      sound: ({ result }) => expect(result).toMatchObject({ statusCode: 400 }),
    };
  if (name === "record-agents")
    return {
      event: {
        source: "aws.ecs",
        "detail-type": "ECS Task State Change",
        resources: [],
        detail: { group: "service:x" },
      },
      sound: ({ error }) => expect(error).toBeUndefined(),
    };
  if (Object.values(queueConsumers).some((consumer) => consumer.function === name))
    return { event: { Records: [] }, sound: ({ result }) => expect(result).toEqual({ batchItemFailures: [] }) };
  return { event: { Records: [] }, sound: ({ error }) => expect(error).toBeUndefined() };
};

describe("functions as Lambda gets them", () => {
  it("lies the layer at /opt here, or says that this machine cannot do that", () => {
    if (!canMount) console.log("skipped: layers at /opt need mount namespaces; they are found by NODE_PATH instead");
    expect(layersOf("process")).toEqual(["extract"]);
  });

  it.each(names)("%s loads from its zip with its layer and answers an event", async (name) => {
    const { event, sound } = trialOf(name);
    const answer = await invokeFromZip(name, taskDir(name), environment, event);
    console.log(
      `figure: ${name} zip ${(statSync(zipOf("production", name)).size / 1e6).toFixed(1)} MB, import ${answer.importMs} ms, first answer ${answer.callMs} ms, ${answer.memoryMb} MB`,
    );
    sound(answer);
  });

  it("stays below the 250 MB that Lambda unpacks, layers included", () => {
    for (const name of names) {
      const layers = layersOf(name).map(
        (layer) => JSON.parse(readFileSync(join(layersDir, `${layer}.manifest.json`), "utf8")) as LayerManifest,
      );
      const total = (sizes.get(name) ?? 0) + layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
      expect(total, `${name}: ${(total / 1024 / 1024).toFixed(0)} MB`).toBeLessThan(unpackedBytesMax);
      if (layers.length)
        console.log(`figure: ${name} unpacked with its layers ${(total / 1024 / 1024).toFixed(0)} of 250 MB`);
    }
  });

  it("reads a PDF with what the readers' layer holds, from a child process that sees no other packages", async () => {
    const pdf = pdfFile("layer.pdf", [["Packed in a layer."]]);
    const file = join(home, "layer.pdf");
    writeFileSync(file, pdf.buffer);
    const before = process.env.NODE_PATH;
    process.env.NODE_PATH = join(layersDir, "extract", "nodejs", "node_modules");
    try {
      const extraction = await extractFile({
        path: file,
        name: "layer.pdf",
        childPath: join(taskDir("process"), "child.mjs"),
      });
      expect(JSON.stringify(extraction)).toContain("Packed in a layer.");
    } finally {
      if (before === undefined) delete process.env.NODE_PATH;
      else process.env.NODE_PATH = before;
    }
  });

  it("cannot answer without its layer, so the layer is what was tried", async () => {
    const bare = join(home, "bare");
    cpSync(taskDir("maintain"), bare, { recursive: true });
    rmSync(join(bare, "layer-loader.mjs"));
    writeFileSync(join(bare, "layer-loader.mjs"), "");
    await expect(invokeFromZip("maintain", bare, environment, {})).rejects.toThrow(/Cannot find package/);
  });
});
