import type { AnswerEvents } from "@samla/contracts";

export type AnswerEvent = { [E in keyof AnswerEvents]: { event: E; data: AnswerEvents[E] } }[keyof AnswerEvents];

/** One event of a stream from its lines; undefined for comments and what is not ours. */
const eventOf = (block: string): AnswerEvent | undefined => {
  const lines = block.split("\n");
  const textOf = (name: string): string =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ""))
      .join("\n");
  const [event, data] = [textOf("event"), textOf("data")];
  if (!event || !data) return undefined;
  try {
    return { event, data: JSON.parse(data) } as AnswerEvent;
  } catch {
    return undefined;
  }
};

/** The events of an answer as they come. What was begun when the stream ended is left out. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let open = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      open += decoder.decode(value, { stream: true }).replaceAll("\r", "");
      const blocks = open.split("\n\n");
      open = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
