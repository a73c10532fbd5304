import { runAgent } from "@samla/agent-kit";
import { syncAgent } from "./definition.ts";

runAgent(syncAgent);
