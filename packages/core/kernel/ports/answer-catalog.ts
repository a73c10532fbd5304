import type { Answer, AnswerNode, RecordAnswerBody } from "@samla/contracts";
import type { Page } from "./records.ts";

/** An answer as stored: what its agent noted, and who asked unless a log is anonymous. */
export type StoredAnswer = RecordAnswerBody &
  Pick<Answer, "id" | "at" | "actor" | "thumb"> & { expiresAtSeconds: number };

/** Answers of agents, listed by each node of the chain that leads to them. */
export interface AnswerCatalog {
  putAnswer(answer: StoredAnswer): Promise<void>;
  getAnswer(id: string): Promise<StoredAnswer | undefined>;
  /** Asks `decide` what becomes of the answer and writes that; asks again when somebody was faster. */
  changeAnswer(id: string, decide: (answer: StoredAnswer) => StoredAnswer): Promise<StoredAnswer | undefined>;
  /** Newest first. Throws `invalid_cursor`. */
  listAnswers(query: {
    node: AnswerNode | "actor";
    value: string;
    cursor?: string | undefined;
    limit: number;
  }): Promise<Page<StoredAnswer>>;
}
