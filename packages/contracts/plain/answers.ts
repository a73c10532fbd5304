/** How an answer was made: of passages quoted word by word, or by a model whose citations were checked. */
export const answerModes = ["extractive", "model"] as const;
export type AnswerMode = (typeof answerModes)[number];

export const answerOutcomes = ["answered", "not-in-documents", "stopped", "failed"] as const;
export type AnswerOutcome = (typeof answerOutcomes)[number];

export const answerThumbs = ["up", "down", "none"] as const;

/** What answers may be listed by: each is a node of the chain. */
export const answerNodes = ["release", "image", "task", "build", "document", "index"] as const;
export type AnswerNode = (typeof answerNodes)[number];

export const answerLimits = {
  questionLengthMax: 1000,
  sentencesMax: 40,
  sentenceLengthMax: 2000,
  sourcesMax: 20,
  quoteLengthMax: 4000,
  /** Turns of a conversation that a follow-up may bring along. */
  turnsMax: 6,
  turnLengthMax: 4000,
  indexesMax: 20,
  commentLengthMax: 500,
} as const;
