import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import type { Prompt } from "../prompt.ts";
import { type Model, ModelFailure } from "./model.ts";

/** A model on Amazon Bedrock by Converse, with the task's role; the region is the task's own. */
export const createBedrockModel = (config: {
  model: string;
  tokensMax: number;
  endpoint?: string;
  region?: string;
}): Model => {
  const client = new BedrockRuntimeClient({
    maxAttempts: 3,
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    ...(config.region ? { region: config.region } : {}),
  });
  async function* stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string> {
    try {
      const answer = await client.send(
        new ConverseStreamCommand({
          modelId: config.model,
          system: [{ text: prompt.system }],
          messages: prompt.messages.map(({ role, text }) => ({ role, content: [{ text }] })),
          inferenceConfig: { temperature: 0, maxTokens: config.tokensMax },
        }),
        { abortSignal: signal },
      );
      for await (const event of answer.stream ?? []) {
        const text = event.contentBlockDelta?.delta?.text;
        if (text) yield text;
        if (event.messageStop?.stopReason === "guardrail_intervened")
          throw new ModelFailure("A guardrail of Bedrock ended the answer.");
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ModelFailure) throw error;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new ModelFailure(`Bedrock did not answer with ${config.model}: ${reason}`, error);
    }
  }
  return { label: config.model, stream };
};
