import { describe, expect, it } from "vitest";
import { readEvents } from "./read-events.ts";

const streamOf = (bytes: Uint8Array, size: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size));
      controller.close();
    },
  });

describe("the events of an answer", () => {
  it("are read however the bytes are cut, in the middle of a letter too", async () => {
    const text =
      ': waiting\n\nevent: sentence\ndata: {"text":"Größe 📈"}\n\nevent: done\r\ndata: {"dropped":1}\r\n\r\nevent: half\nda';
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, 1000]) {
      const events = [];
      for await (const event of readEvents(streamOf(bytes, size))) events.push(event);
      expect(events, `pieces of ${size}`).toEqual([
        { event: "sentence", data: { text: "Größe 📈" } },
        { event: "done", data: { dropped: 1 } },
      ]);
    }
  });
});
