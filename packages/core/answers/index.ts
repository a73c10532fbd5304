export { rateAnswer } from "./rate-answer.ts";
export { getAnswer, listAnswers } from "./read-answers.ts";
export { recordAnswer } from "./record-answer.ts";
