import { randomUUID } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";
import type { AwsCall } from "../kernel/types.ts";
import { encodeEvent } from "./event-stream.ts";
import { compileFilterPattern } from "./filter-pattern.ts";
import { readOptionalText } from "./input.ts";
import type { LogStore } from "./store.ts";

const UPDATE_MS = 1000;
const UPDATE_EVENTS = 500;
const SESSION_MS = 3 * 3600 * 1000;

function readNames(input: JsonObject, member: string): string[] {
  const value = input[member] ?? [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string"))
    throw new AwsError("InvalidParameterException", `The member ${member} must be a list of strings.`);
  return value as string[];
}

/**
 * StartLiveTail: an event stream with one `sessionUpdate` a second, for at most three hours. Above 500 events a second the
 * rest is left out and the update says so (`sampled`), as in AWS. Clients need `disableHostPrefix: true`, since the SDK
 * puts `stream-` before the host.
 */
export function startLiveTail(store: LogStore, input: JsonObject, call: AwsCall): void {
  const identifiers = readNames(input, "logGroupIdentifiers");
  const groups = new Map(
    identifiers.map((identifier) => [/:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier, identifier]),
  );
  if (groups.size === 0) throw new AwsError("InvalidParameterException", "logGroupIdentifiers must name a log group.");
  for (const group of groups.keys()) store.findGroup(group);
  const streams = new Set(readNames(input, "logStreamNames"));
  const prefixes = readNames(input, "logStreamNamePrefixes");
  const pattern = readOptionalText(input, "logEventFilterPattern");
  const matches = compileFilterPattern(pattern);
  const { res } = call;
  let results: JsonObject[] = [];
  let isSampled = false;
  const stopListening = store.listen((group, stream, events) => {
    const identifier = groups.get(group);
    if (identifier === undefined || (streams.size > 0 && !streams.has(stream))) return;
    if (prefixes.length > 0 && !prefixes.some((prefix) => stream.startsWith(prefix))) return;
    for (const { message, timestampMs } of events) {
      if (!matches(message)) continue;
      if (results.length >= UPDATE_EVENTS) isSampled = true;
      else
        results.push({
          logGroupIdentifier: identifier,
          logStreamName: stream,
          message,
          timestamp: timestampMs,
          ingestionTime: Date.now(),
        });
    }
  });
  const update = setInterval(() => {
    const sessionResults = results;
    results = [];
    res.write(encodeEvent("sessionUpdate", { sessionMetadata: { sampled: isSampled }, sessionResults }));
    isSampled = false;
  }, UPDATE_MS);
  const end = setTimeout(() => res.end(), SESSION_MS);
  end.unref();
  res.once("close", () => {
    clearInterval(update);
    clearTimeout(end);
    stopListening();
  });
  res.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  res.write(encodeEvent("initial-response", {}));
  res.write(
    encodeEvent("sessionStart", {
      requestId: call.requestId,
      sessionId: randomUUID(),
      logGroupIdentifiers: identifiers,
      logStreamNames: [...streams],
      logStreamNamePrefixes: prefixes,
      ...(pattern !== undefined && { logEventFilterPattern: pattern }),
    }),
  );
}
