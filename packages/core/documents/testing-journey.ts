import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreateUploadBody, CreateUploadResult } from "@samla/contracts";
import { handleFillMessage } from "../builds/index.ts";
import type { EmbedMessage, Extractor, FillMessage, IndexMessage, ProcessMessage } from "../kernel/index.ts";
import { createEmbedderRegistry, type Embedder, objectKeys } from "../kernel/index.ts";
import { createTestWorld, type TestWorld, testSlug } from "../testing.ts";
import { acceptObject, createUpload, embedVersion, processVersion, writeIndex } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "samla-core-"));
let files = 0;

export const openWorld = (extractor?: Extractor): Promise<TestWorld> =>
  createTestWorld({
    tempFile: () => {
      files += 1;
      return join(folder, `source-${files}`);
    },
    ...(extractor ? { extractor } : {}),
  });

/** Puts another embedder in the place of the default one. */
export const changeEmbedder = (world: TestWorld, changes: Partial<Embedder>): void => {
  world.ctx.embedders = createEmbedderRegistry([{ ...world.ctx.embedders.default, ...changes }]);
};

export const bodyOf = (name: string, text: string, more: Partial<CreateUploadBody> = {}): CreateUploadBody => ({
  index: testSlug,
  name,
  path: "",
  sizeBytes: Buffer.byteLength(text),
  sha256: createHash("sha256").update(text).digest("hex"),
  tags: [],
  onDuplicate: "separate",
  ...more,
});

type Ids = { documentId: string; versionId: string };

/** Announces a file and puts its bytes where they belong, without telling anybody. */
export const deliver = async (
  world: TestWorld,
  name: string,
  text: string,
  more: Partial<CreateUploadBody> = {},
): Promise<Ids> => {
  const created: CreateUploadResult = await createUpload(world.ctx, bodyOf(name, text, more));
  if (created.outcome === "duplicate") throw new Error("duplicate");
  world.store.bytes.set(objectKeys.source(created.documentId, created.versionId), new TextEncoder().encode(text));
  return { documentId: created.documentId, versionId: created.versionId };
};

/** What the `accept` function does with an object event. */
export const accept = async (world: TestWorld, ids: Ids): Promise<void> => {
  if (await acceptObject(world.ctx, { ...ids, sizeBytes: 1 })) await world.ctx.queues.sendProcess(ids);
};

/** Works off the queues as their functions do: a message goes only when its work did not throw. */
export const drain = async (world: TestWorld): Promise<void> => {
  const { sent } = world.queue;
  while (sent.process.length + sent.index.length + sent.embed.length + sent.fill.length > 0) {
    if (sent.process[0]) {
      await processVersion(world.ctx, { ...(sent.process[0] as ProcessMessage), lastAttempt: false });
      sent.process.shift();
    } else if (sent.index[0]) {
      await writeIndex(world.ctx, [sent.index[0] as IndexMessage]);
      sent.index.shift();
    } else if (sent.embed[0]) {
      await embedVersion(world.ctx, sent.embed[0] as EmbedMessage);
      sent.embed.shift();
    } else {
      const { message, delaySeconds } = sent.fill[0] as { message: FillMessage; delaySeconds: number };
      world.clock.now += delaySeconds * 1000;
      await handleFillMessage(world.ctx, message, false);
      sent.fill.shift();
    }
  }
};

/** A document that is ready. */
export const ready = async (
  world: TestWorld,
  name: string,
  text: string,
  more: Partial<CreateUploadBody> = {},
): Promise<Ids> => {
  const ids = await deliver(world, name, text, more);
  await accept(world, ids);
  await drain(world);
  return ids;
};
