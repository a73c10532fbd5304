import { agentsOfEvent, watchAgent } from "@samla/core/agents";
import type { Context, EventBridgeEvent } from "aws-lambda";
import { createWatchContext } from "../runtime/agents.ts";

/**
 * What ECS and CloudFormation tell as it happens: stopped tasks are kept, the release that rolls moves on. An event only
 * says where to look; what is true is asked of AWS, so a repeated, late or lost event does no harm.
 */
export const handler = async (event: EventBridgeEvent<string, unknown>, lambda: Context): Promise<void> => {
  const ctx = createWatchContext(lambda.awsRequestId);
  for (const agent of agentsOfEvent(ctx.platform.stage, event)) {
    const { tasks, ended } = await watchAgent(ctx, agent);
    if (tasks || ended) ctx.log("info", "an agent was recorded", { agent, tasks, ended, from: event["detail-type"] });
  }
};
