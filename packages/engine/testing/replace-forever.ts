/** Replaces the same documents again and again until it is killed; reports every commit to its parent. */
import { createLanceEngine } from "../index.ts";
import { createPassage } from "./passages.ts";

const [uri = "", run = "", documents = "", passages = ""] = process.argv.slice(2);
const engine = await createLanceEngine({ uri, log: () => undefined });
for (let version = 0; ; version++) {
  await engine.replaceDocuments(
    "t",
    Array.from({ length: Number(documents) }, (_, number) => ({
      documentId: `d${number}`,
      passages: Array.from({ length: Number(passages) }, (_, n) =>
        createPassage(`d${number}`, n, {
          version_id: `${run}.${version}`,
          text: `walrus ${n}`,
          vector: new Float32Array(8).fill(n + 1),
        }),
      ),
    })),
  );
  process.send?.(version);
}
