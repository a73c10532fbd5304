import { runAgent } from "@samla/agent-kit";
import { mcpAgent } from "./definition.ts";

runAgent(mcpAgent);
