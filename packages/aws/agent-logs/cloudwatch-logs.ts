import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { AgentLogs, RawLogLine } from "@samla/core/kernel";
import { clientConfig } from "../client-config.ts";
import { type FailureRow, unlessMissing } from "../service-failures.ts";

const failures: FailureRow[] = [
  {
    name: "InvalidParameterException",
    message: /filter pattern/i,
    code: "invalid_request",
    text: "The log cannot be searched for this.",
    nextStep: "Search for plain words, or a phrase in quotes.",
  },
  {
    name: "InvalidParameterException",
    message: /token/i,
    code: "invalid_cursor",
    text: "This page cursor has run out.",
    nextStep: "Begin again at the first page.",
  },
];

const isMissing = (name: string): boolean => name === "ResourceNotFoundException";

/** Pages without a fitting line that one search reads before it gives what it has. */
const emptyPagesMax = 20;

/** Agents' logs in CloudWatch Logs. A group that is not there yet has no lines. */
export const createCloudWatchLogs = (): AgentLogs => {
  const client = new CloudWatchLogsClient(clientConfig);
  return {
    filter: async ({ group, streams, pattern, fromMs, toMs, cursor, limit }) => {
      const found = await unlessMissing(failures, isMissing, async () => {
        const lines: RawLogLine[] = [];
        let token = cursor;
        for (let empty = 0; lines.length < limit && empty < emptyPagesMax; ) {
          const page = await client.send(
            new FilterLogEventsCommand({
              logGroupName: group,
              ...(streams?.length ? { logStreamNames: [...streams] } : {}),
              ...(pattern ? { filterPattern: pattern } : {}),
              startTime: fromMs,
              endTime: toMs,
              limit: limit - lines.length,
              ...(token ? { nextToken: token } : {}),
            }),
          );
          for (const event of page.events ?? [])
            lines.push({
              id: event.eventId ?? `${event.logStreamName}/${event.timestamp}/${lines.length}`,
              atMs: event.timestamp ?? 0,
              stream: event.logStreamName ?? "",
              text: event.message ?? "",
            });
          if (!page.events?.length) empty += 1;
          token = page.nextToken;
          if (!token) break;
        }
        return { lines, nextCursor: token };
      });
      return found ?? { lines: [] };
    },
    last: async (group, stream, limit) =>
      (await unlessMissing(failures, isMissing, async () => {
        const lines: RawLogLine[] = [];
        let token: string | undefined;
        // A page may be empty although older ones are not; the same token twice is the beginning of the stream.
        for (let page = 0; page < 10 && lines.length < limit; page += 1) {
          const answer = await client.send(
            new GetLogEventsCommand({
              logGroupName: group,
              logStreamName: stream,
              startFromHead: false,
              limit: limit - lines.length,
              ...(token ? { nextToken: token } : {}),
            }),
          );
          lines.unshift(
            ...(answer.events ?? []).map(({ timestamp = 0, message = "" }, i) => ({
              id: `${stream}/${timestamp}/${page}-${i}`,
              atMs: timestamp,
              stream,
              text: message,
            })),
          );
          if (!answer.nextBackwardToken || answer.nextBackwardToken === token) break;
          token = answer.nextBackwardToken;
        }
        return lines;
      })) ?? [],
  };
};
