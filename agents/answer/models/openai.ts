import { z } from "zod";
import type { Prompt } from "../prompt.ts";
import { type Model, ModelFailure } from "./model.ts";

const Chunk = z.looseObject({
  choices: z.array(z.looseObject({ delta: z.looseObject({ content: z.string().nullish() }).optional() })).optional(),
  error: z.looseObject({ message: z.string().optional() }).nullish(),
});
const lineMax = 1_000_000;

/** Lines of a body as they come. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let open = "";
  const decoder = new TextDecoder();
  for await (const part of body) {
    open += decoder.decode(part, { stream: true });
    const lines = open.split(/\r?\n/);
    open = lines.pop() ?? "";
    if (open.length > lineMax) throw new ModelFailure("The model sent a line that is too long.");
    yield* lines;
  }
  if (open) yield open;
}

/** Any endpoint that speaks OpenAI's chat completions with streaming (POST <baseUrl>/chat/completions). */
export const createOpenAiModel = (config: {
  baseUrl: string;
  model: string;
  apiKey?: string;
  tokensMax: number;
}): Model => {
  const url = `${config.baseUrl.replace(/\/+$/, "")}/chat/completions`;
  const owner = `The model ${config.model} at ${new URL(url).host}`;
  async function* stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string> {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        headers: {
          "content-type": "application/json",
          accept: "text/event-stream",
          ...(config.apiKey ? { authorization: `Bearer ${config.apiKey}` } : {}),
        },
        body: JSON.stringify({
          model: config.model,
          stream: true,
          temperature: 0,
          max_tokens: config.tokensMax,
          messages: [
            { role: "system", content: prompt.system },
            ...prompt.messages.map(({ role, text }) => ({ role, content: text })),
          ],
        }),
        signal,
      });
      if (!response.ok || !response.body) throw new ModelFailure(`${owner} answered ${response.status}.`);
      for await (const line of linesOf(response.body)) {
        const data = /^data:\s?(.*)$/.exec(line)?.[1];
        if (data === undefined) continue;
        if (data === "[DONE]") return;
        let json: unknown;
        try {
          json = JSON.parse(data);
        } catch {
          throw new ModelFailure(`${owner} sent something that is not JSON.`);
        }
        const chunk = Chunk.safeParse(json);
        if (!chunk.success || chunk.data.error)
          throw new ModelFailure(`${owner} broke off: ${chunk.data?.error?.message ?? "unknown shape"}.`);
        const text = chunk.data.choices?.[0]?.delta?.content;
        if (text) yield text;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ModelFailure) throw error;
      throw new ModelFailure(`${owner} cannot be reached.`, error);
    }
  }
  return { label: config.model, stream };
};
