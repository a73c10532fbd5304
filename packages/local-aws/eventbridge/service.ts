import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import { createJsonService, type JsonObject } from "../kernel/json-protocol.ts";
import type { Service } from "../kernel/types.ts";
import { compilePattern } from "./pattern.ts";
import { type EventPorts, putEvents, readBusName } from "./put-events.ts";
import type { Rule, RuleTarget } from "./rules.ts";
import { formatTargetArn, parseTargetArn } from "./targets.ts";

const TARGETS_LIMIT = 5;

function readName(input: JsonObject, member: string): string {
  const value = input[member];
  if (typeof value !== "string" || !/^[.\-_A-Za-z0-9]{1,64}$/.test(value))
    throw new AwsError(
      "ValidationException",
      `${member} must have 1 to 64 letters, digits, dots, hyphens or underscores.`,
    );
  return value;
}

function parsePattern(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw new AwsError("InvalidEventPatternException", "Event pattern is not valid. Reason: it is not JSON.");
  }
}

/** EventBridge (`AWSEvents`, scope `events`): events, rules with patterns, Lambda and SQS targets. */
export function createEventBridgeService(ports: EventPorts): Service {
  const { rules, identity } = ports;
  const arnOf = ({ bus, name }: Pick<Rule, "bus" | "name">) =>
    `arn:aws:events:${identity.region}:${identity.accountId}:rule/${bus === "default" ? "" : `${bus}/`}${name}`;
  const describe = (rule: Rule) => ({
    Name: rule.name,
    Arn: arnOf(rule),
    EventPattern: rule.pattern,
    State: rule.state,
    EventBusName: rule.bus,
    ...(rule.description !== undefined && { Description: rule.description }),
  });
  const find = (input: JsonObject, member = "Name") =>
    rules.get(readBusName(input.EventBusName), readName(input, member));
  const setState = (input: JsonObject, state: Rule["state"]) => rules.save({ ...find(input), state });
  return createJsonService({
    name: "EventBridge",
    scopes: ["events"],
    protocol: "1.1",
    operations: {
      PutEvents: (input) => putEvents(ports, input),
      PutRule: (input) => putRule(ports, input, arnOf),
      DescribeRule: (input) => describe(find(input)),
      ListRules: (input) => {
        const prefix = String(input.NamePrefix ?? "");
        return {
          Rules: rules
            .list(readBusName(input.EventBusName))
            .filter(({ name }) => name.startsWith(prefix))
            .map(describe),
        };
      },
      EnableRule: (input) => setState(input, "ENABLED"),
      DisableRule: (input) => setState(input, "DISABLED"),
      DeleteRule: (input) => {
        const bus = readBusName(input.EventBusName);
        const name = readName(input, "Name");
        if (rules.find(bus, name)?.targets.length)
          throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
        rules.delete(bus, name);
      },
      PutTargets: (input) => putTargets(ports, input, find(input, "Rule")),
      RemoveTargets: (input) => {
        const rule = find(input, "Rule");
        const ids = new Set(Array.isArray(input.Ids) ? input.Ids : []);
        rules.save({ ...rule, targets: rule.targets.filter(({ id }) => !ids.has(id)) });
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      ListTargetsByRule: (input) => ({
        Targets: find(input, "Rule").targets.map(({ id, target, input: text, inputPath }) => ({
          Id: id,
          Arn: formatTargetArn(target, identity),
          ...(text !== undefined && { Input: text }),
          ...(inputPath !== undefined && { InputPath: inputPath }),
        })),
      }),
      ListEventBuses: () => ({
        EventBuses: [...rules.buses].map((name) => ({
          Name: name,
          Arn: `arn:aws:events:${identity.region}:${identity.accountId}:event-bus/${name}`,
        })),
      }),
      TestEventPattern: (input) => ({
        Result: compilePattern(parsePattern(input.EventPattern))(parsePattern(input.Event)),
      }),
    },
  });
}

function putRule(
  { rules }: EventPorts,
  input: JsonObject,
  arnOf: (rule: Pick<Rule, "bus" | "name">) => string,
): JsonObject {
  if (input.ScheduleExpression !== undefined)
    throw createNotImplementedError("EventBridge", "PutRule with ScheduleExpression");
  const bus = readBusName(input.EventBusName);
  if (!rules.buses.has(bus)) throw new AwsError("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
  const name = readName(input, "Name");
  const pattern = parsePattern(input.EventPattern);
  rules.save({
    bus,
    name,
    pattern: JSON.stringify(pattern),
    description: typeof input.Description === "string" ? input.Description : undefined,
    state: input.State === "DISABLED" ? "DISABLED" : "ENABLED",
    targets: rules.find(bus, name)?.targets ?? [],
    matches: compilePattern(pattern),
  });
  return { RuleArn: arnOf({ bus, name }) };
}

function putTargets({ rules }: EventPorts, input: JsonObject, rule: Rule): JsonObject {
  const given = input.Targets;
  if (!Array.isArray(given) || given.length === 0)
    throw new AwsError("ValidationException", "Targets must be a non-empty list.");
  const targets = new Map(rule.targets.map((target) => [target.id, target]));
  for (const item of given as JsonObject[]) {
    const known = new Set(["Id", "Arn", "Input", "InputPath"]);
    const unknown = Object.keys(item).find((member) => !known.has(member));
    if (unknown !== undefined) throw createNotImplementedError("EventBridge", `PutTargets with ${unknown}`);
    const target: RuleTarget = {
      id: readName(item, "Id"),
      target: parseTargetArn(String(item.Arn)),
      ...(typeof item.Input === "string" && { input: item.Input }),
      ...(typeof item.InputPath === "string" && { inputPath: item.InputPath }),
    };
    targets.set(target.id, target);
  }
  if (targets.size > TARGETS_LIMIT)
    throw new AwsError("LimitExceededException", `A rule may have ${TARGETS_LIMIT} targets.`);
  rules.save({ ...rule, targets: [...targets.values()] });
  return { FailedEntryCount: 0, FailedEntries: [] };
}
