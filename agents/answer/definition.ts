import { type AgentDefinition, type AgentRequest, type Kit, openEventStream, RequestError } from "@samla/agent-kit";
import { type AnswerMaker, ApiError, AskBody } from "@samla/contracts";
import manifest from "./agent.json" with { type: "json" };
import { ask } from "./ask.ts";
import { createBedrockModel } from "./models/bedrock.ts";
import type { Model } from "./models/model.ts";
import { createOpenAiModel } from "./models/openai.ts";
import { readSettings, type Settings } from "./settings.ts";

/** Room for the sentences asked for, and for a model that thinks in many words. */
const tokensPerSentence = 120;
const spareSeconds = 15;

const modelOf = (settings: Settings, modelKey: string | undefined): Model | undefined => {
  const common = { model: settings.modelId, tokensMax: settings.sentences * tokensPerSentence };
  if (settings.model === "bedrock") return createBedrockModel(common);
  if (settings.model === "openai")
    return createOpenAiModel({ ...common, baseUrl: settings.modelUrl, ...(modelKey ? { apiKey: modelKey } : {}) });
  return undefined;
};

const makerOf = ({ environment, identity, manifest: { version } }: Kit): AnswerMaker => ({
  agent: environment.agent,
  version,
  releaseId: environment.releaseId as AnswerMaker["releaseId"],
  ...(identity.taskId && /^[0-9a-f]{32}$/.test(identity.taskId) ? { taskId: identity.taskId } : {}),
  ...(identity.taskDefinition ? { taskDefinition: identity.taskDefinition } : {}),
  ...(identity.imageDigest ? { imageDigest: identity.imageDigest } : {}),
});

const codeOf = (error: unknown) => {
  if (error instanceof RequestError) return { code: error.code, detail: error.message, nextStep: error.nextStep };
  if (error instanceof ApiError)
    return { code: error.problem.code, detail: error.problem.detail, nextStep: error.problem.nextStep };
  if (error instanceof Error && error.name === "TimeoutError")
    return { code: "timeout", detail: "The answer took too long.", nextStep: "Ask again, or ask for less." };
  return { code: "internal", detail: "Something went wrong in the agent.", nextStep: "Ask again in a moment." };
};

/** Question in, streamed answer out. Errors before the first event are problem documents, later ones are events. */
const createAskRoute =
  (kit: Kit, settings: Settings, model: Model | undefined) =>
  async (request: AgentRequest): Promise<void> => {
    const client = kit.api.as(request.authorization());
    const input = await request.json(AskBody);
    let stream: ReturnType<typeof openEventStream> | undefined;
    try {
      await ask(
        {
          settings,
          model,
          client,
          maker: makerOf(kit),
          requestId: request.id,
          log: request.log,
          signal: request.signal,
          send: (event, data) => {
            stream ??= openEventStream(request);
            return stream.send(event, data);
          },
        },
        input,
      );
      stream?.end();
    } catch (error) {
      if (!stream) throw error;
      if (!(error instanceof RequestError || error instanceof ApiError))
        request.log("error", "an answer failed", { error: error instanceof Error ? error.stack : String(error) });
      if (!request.outgoing.destroyed)
        request.outgoing.write(
          `event: error\ndata: ${JSON.stringify({ ...codeOf(error), requestId: request.id })}\n\n`,
        );
      stream.end();
    }
  };

/** The agent that answers questions from documents. */
export const answerAgent: AgentDefinition = {
  manifest,
  open: (kit) => {
    const settings = readSettings(kit.environment.settings);
    const model = modelOf(settings, kit.environment.secrets.modelKey);
    return {
      card: {
        skills: [
          {
            id: "answer",
            name: "Answer from documents",
            description:
              "Answers a question from the documents that the caller may read, each sentence with its passage.",
            tags: ["question answering", "citations", "documents"],
            examples: ["How long are deleted documents kept?"],
          },
        ],
        interfaces: [
          { path: "/answers", protocolBinding: "https://samla.dev/bindings/answers", protocolVersion: "1.0" },
        ],
        streaming: true,
        inputModes: ["application/json"],
        outputModes: ["text/event-stream"],
      },
      routes: [
        {
          method: "POST",
          path: "/answers",
          bodyMaxBytes: 128 * 1024,
          timeoutMs: (settings.modelTimeoutSeconds + spareSeconds) * 1000,
          handle: createAskRoute(kit, settings, model),
        },
      ],
    };
  },
};
