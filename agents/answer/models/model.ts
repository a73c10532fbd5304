import type { Prompt } from "../prompt.ts";

/** A language model as the answer needs it. */
export type Model = {
  /** For people and records, such as `llama3.1:8b`. */
  label: string;
  /** Pieces of the text as they come. Throws `ModelFailure`; the abort's reason when `signal` aborts. */
  stream(prompt: Prompt, signal: AbortSignal): AsyncIterable<string>;
};

/** A model that did not answer; `message` says which and why, without secrets. */
export class ModelFailure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ModelFailure";
  }
}
