import { randomUUID } from "node:crypto";
import type { EmitEvent } from "../kernel/container-ports.ts";
import { AwsError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";
import type { Identity, InvokePort, QueuePort } from "../kernel/types.ts";
import type { RuleStore, RuleTarget } from "./rules.ts";
import { deliver } from "./targets.ts";

export type EventPorts = { invoke: InvokePort; queues: QueuePort; identity: Identity; rules: RuleStore };

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const ENTRIES_LIMIT = 10;
const SIZE_LIMIT_BYTES = 256 * 1024;

type Entry = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/** PutEvents: an entry is answered once every matching target has it on disk. */
export async function putEvents(ports: EventPorts, input: JsonObject): Promise<JsonObject> {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > ENTRIES_LIMIT)
    throw new AwsError("ValidationException", `Entries must be a list of 1 to ${ENTRIES_LIMIT} events.`);
  if (Buffer.byteLength(JSON.stringify(entries)) > SIZE_LIMIT_BYTES + 4096)
    throw new AwsError(
      "ValidationException",
      `Total size of the entries in the request is over the limit of ${SIZE_LIMIT_BYTES} bytes.`,
    );
  const answers = await Promise.all((entries as JsonObject[]).map((entry) => putEvent(ports, entry)));
  return { FailedEntryCount: answers.filter((answer) => "ErrorCode" in answer).length, Entries: answers };
}

async function putEvent(ports: EventPorts, entry: JsonObject): Promise<Entry> {
  const { Source, DetailType, Detail, Resources, Time } = entry;
  const bus = readBusName(entry.EventBusName);
  const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  if (typeof Source !== "string" || Source === "")
    return refuse("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument.");
  if (Source.startsWith("aws.")) return refuse("NotAuthorizedForSource", "Not authorized for the source.");
  if (typeof DetailType !== "string" || DetailType === "")
    return refuse("InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
  if (!ports.rules.buses.has(bus)) return refuse("NotFoundException", `Event bus ${bus} does not exist.`);
  let detail: unknown;
  try {
    detail = JSON.parse(String(Detail));
  } catch {
    return refuse("MalformedDetail", "Detail is malformed.");
  }
  if (typeof detail !== "object" || detail === null || Array.isArray(detail))
    return refuse("MalformedDetail", "Detail is malformed.");
  const event = createEvent(ports.identity, {
    source: Source,
    detailType: DetailType,
    resources: Array.isArray(Resources) ? Resources : [],
    detail,
    atMs: typeof Time === "number" ? Time * 1000 : Date.now(),
  });
  try {
    await deliverEvent(ports, bus, event);
  } catch (error) {
    console.error(`Event ${event.id} of ${Source} could not be delivered:`, error);
    return refuse("InternalFailure", error instanceof Error ? error.message : String(error));
  }
  return { EventId: event.id };
}

type BusEvent = { id: string; source: string } & JsonObject;

function createEvent(
  identity: Identity,
  given: { source: string; detailType: string; resources: unknown[]; detail: object; atMs: number },
): BusEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": given.detailType,
    source: given.source,
    account: identity.accountId,
    time: new Date(given.atMs).toISOString().replace(/\.\d{3}Z$/, "Z"),
    region: identity.region,
    resources: given.resources,
    detail: given.detail,
  };
}

/** To all targets of all rules that match; each has it on disk when this resolves. */
async function deliverEvent(ports: EventPorts, bus: string, event: BusEvent): Promise<void> {
  for (const rule of ports.rules.list(bus)) {
    if (rule.state !== "ENABLED" || !rule.matches(event)) continue;
    for (const target of rule.targets) {
      const ids = { groupId: rule.name, deduplicationId: `${event.id}-${target.id}` };
      await deliver(target.target, buildInput(target, event), ports, ids);
    }
  }
}

/** How services of the stand-in put their events on the default bus: in the order in which they were emitted. */
export function createEmitter(ports: EventPorts): EmitEvent {
  let last: Promise<void> = Promise.resolve();
  return (given) => {
    const event = createEvent(ports.identity, { ...given, atMs: Date.now() });
    last = last
      .then(() => deliverEvent(ports, "default", event))
      .catch((error: unknown) => console.error(`Event ${event.id} of ${event.source} could not be delivered:`, error));
  };
}

/** The name in `EventBusName`, which may be an ARN. */
export function readBusName(value: unknown): string {
  if (typeof value !== "string" || value === "") return "default";
  return value.startsWith("arn:") ? value.slice(value.indexOf("event-bus/") + 10) : value;
}

function buildInput(target: RuleTarget, event: JsonObject): string {
  if (target.input !== undefined) return target.input;
  if (target.inputPath === undefined) return JSON.stringify(event);
  let value: unknown = event;
  for (const key of target.inputPath.split(".").slice(1))
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return JSON.stringify(value ?? null);
}
