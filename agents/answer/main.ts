import { runAgent } from "@samla/agent-kit";
import { answerAgent } from "./definition.ts";

runAgent(answerAgent);
