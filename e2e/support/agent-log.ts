import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { createSettings } from "../../scripts/laptop/settings.ts";

/** A task's part of an agent's log, to write into as the task would. */
export const openAgentLog = async (agent: string, taskId: string): Promise<(texts: string[]) => Promise<void>> => {
  const port = (url: string | undefined): number => Number(new URL(url ?? "").port);
  const { region, credentials, awsUrl, stage } = createSettings({
    web: port(process.env.SAMLA_URL),
    aws: port(process.env.SAMLA_API_URL),
  });
  const client = new CloudWatchLogsClient({ region, credentials, endpoint: awsUrl });
  const logGroupName = `/samla/${stage}/agents/${agent}`;
  const logStreamName = `agent/agent/${taskId}`;
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  return async (texts) => {
    const timestamp = Date.now();
    const logEvents = texts.map((message) => ({ timestamp, message }));
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  };
};
