import { randomUUID } from "node:crypto";
import type { EmitEvent } from "../kernel/container-ports.ts";
import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import { toPointer, toText } from "./diff.ts";
import { assertMembers, invalid, readText, readTexts } from "./input.ts";
import { createReadingContext } from "./reading-context.ts";
import type { ServiceContext } from "./service-context.ts";
import { normalize, type ObjectShape, type Shape } from "./shapes.ts";
import type { Stack, StackResource } from "./store.ts";
import { isObject, type Json } from "./template.ts";

/** `DetectStackDrift` and what it found: resources that someone changed besides the stack. */
export function createDriftOperations(context: ServiceContext, emit: EmitEvent): Record<string, QueryOperation> {
  return {
    DetectStackDrift: (input) => {
      assertMembers("DetectStackDrift", input, "StackName LogicalResourceIds");
      const stack = context.store.getStack(readText(input, "StackName"));
      if (stack.operation || !/_COMPLETE$/.test(stack.status) || stack.status === "DELETE_COMPLETE")
        throw invalid(
          `Drift detection cannot be performed on stack [${stack.id}] while it is in status ${stack.status}`,
        );
      const id = randomUUID();
      void detect(context, emit, id, stack, new Set(readTexts(input, "LogicalResourceIds")));
      return { StackDriftDetectionId: id };
    },
    DescribeStackDriftDetectionStatus: (input) => {
      assertMembers("DescribeStackDriftDetectionStatus", input, "StackDriftDetectionId");
      const id = readText(input, "StackDriftDetectionId");
      const found = context.store.findDetection(id);
      if (!found) throw invalid(`Drift detection id ${id} does not exist`);
      return { ...found, Timestamp: new Date(Number(found.Timestamp)) };
    },
    DescribeStackResourceDrifts: (input) => describeDrifts(context, input),
  };
}

async function detect(
  context: ServiceContext,
  emit: EmitEvent,
  id: string,
  stack: Stack,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const { store } = context;
  const base = { StackId: stack.id, StackDriftDetectionId: id, Timestamp: Date.now() };
  store.saveDetection(id, { ...base, DetectionStatus: "DETECTION_IN_PROGRESS" });
  const rows = store.listResources(stack.id).filter((row) => !/^DELETE_/.test(row.status));
  let failure = "";
  for (const row of rows) {
    if (wanted.size > 0 && !wanted.has(row.logicalId)) continue;
    try {
      const drift = await readDrift(context, stack, row);
      const now = store.findResource(stack.id, row.logicalId);
      // An update may have begun meanwhile: what was compared must still be what is there.
      if (now && now.physicalId === row.physicalId && !now.pending) store.saveResource(stack.id, { ...now, drift });
    } catch (error) {
      failure = `Failed to detect drift on resource [${row.logicalId}]: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const drifted = store.listResources(stack.id).filter((row) => /^(MODIFIED|DELETED)$/.test(row.drift?.status ?? ""));
  const status = drifted.length > 0 ? "DRIFTED" : "IN_SYNC";
  const now = store.getStack(stack.id);
  if (!now.operation) store.saveStack({ ...now, drift: { status, checkedMs: Date.now() } });
  store.saveDetection(id, {
    ...base,
    StackDriftStatus: status,
    DetectionStatus: failure ? "DETECTION_FAILED" : "DETECTION_COMPLETE",
    ...(failure && { DetectionStatusReason: failure }),
    DriftedStackResourceCount: drifted.length,
  });
  emit({
    source: "aws.cloudformation",
    detailType: "CloudFormation Drift Detection Status Change",
    resources: [stack.id],
    detail: {
      "stack-id": stack.id,
      "stack-drift-detection-id": id,
      "status-details": {
        "stack-drift-status": status,
        "detection-status": failure ? "DETECTION_FAILED" : "DETECTION_COMPLETE",
      },
      "drift-detection-details": { "drifted-stack-resource-count": drifted.length },
    },
  });
}

async function readDrift(
  context: ServiceContext,
  stack: Stack,
  row: StackResource,
): Promise<NonNullable<StackResource["drift"]>> {
  const checkedMs = Date.now();
  const handler = context.handlers[row.type];
  if (!handler) return { status: "NOT_CHECKED", checkedMs, differences: [] };
  const actual = await handler.read(
    createReadingContext(context, stack, row.logicalId),
    row.physicalId,
    row.properties,
  );
  if (!actual) return { status: "DELETED", checkedMs, differences: [] };
  const found = toComparable(handler.shape, actual);
  const differences = compare(row.properties, found, []);
  const shown = Object.fromEntries(Object.keys(row.properties).map((name) => [name, found[name]]));
  return { status: differences.length > 0 ? "MODIFIED" : "IN_SYNC", checkedMs, differences, actual: shown };
}

/** What an API answers, in the types of the properties; what has another form stays as it came. */
function toComparable(shape: ObjectShape, actual: Json): Json {
  const convert = (of: Shape, value: unknown): unknown => {
    if (of.kind === "list" && Array.isArray(value)) return value.map((item) => convert(of.of, item));
    if (of.kind === "object" && isObject(value))
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => of.members[name])
          .map(([name, item]) => [name, convert(of.members[name] ?? { kind: "text" }, item)]),
      );
    try {
      return normalize(of, value);
    } catch {
      return value;
    }
  };
  return convert(shape, actual) as Json;
}

/** Lists whose order says nothing: plain texts, and members with a key or a name. */
function sortList(list: unknown[]): unknown[] {
  const keyOf = (item: unknown): string | undefined => {
    if (typeof item === "string") return item;
    const key = isObject(item) ? (item.Key ?? item.Name) : undefined;
    return typeof key === "string" ? key : undefined;
  };
  if (list.some((item) => keyOf(item) === undefined)) return list;
  return [...list].sort((a, b) => (keyOf(a) ?? "").localeCompare(keyOf(b) ?? ""));
}

/** Differences from what the template set; what it left open may be anything. */
function compare(expected: unknown, actual: unknown, path: string[]): Json[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const [before, after] = [sortList(expected), sortList(actual)];
    if (before.length === after.length)
      return before.flatMap((item, index) => compare(item, after[index], [...path, String(index)]));
  } else if (isObject(expected) && isObject(actual))
    return Object.entries(expected).flatMap(([name, value]) => compare(value, actual[name], [...path, name]));
  else if (expected === actual) return [];
  return [
    {
      PropertyPath: toPointer(path),
      ExpectedValue: toText(expected) ?? "null",
      ActualValue: toText(actual) ?? "null",
      DifferenceType: actual === undefined ? "REMOVE" : "NOT_EQUAL",
    },
  ];
}

function describeDrifts({ store }: ServiceContext, input: QueryInput): Json {
  assertMembers("DescribeStackResourceDrifts", input, "StackName StackResourceDriftStatusFilters NextToken MaxResults");
  const stack = store.getStack(readText(input, "StackName"));
  const wanted = new Set(readTexts(input, "StackResourceDriftStatusFilters"));
  const rows = store
    .listResources(stack.id)
    .filter(({ drift }) => drift && (wanted.size === 0 || wanted.has(drift.status)));
  return {
    StackResourceDrifts: rows.map((row) => ({
      StackId: stack.id,
      LogicalResourceId: row.logicalId,
      PhysicalResourceId: row.physicalId,
      ResourceType: row.type,
      ExpectedProperties: JSON.stringify(row.properties),
      ActualProperties: row.drift?.actual && JSON.stringify(row.drift.actual),
      PropertyDifferences: row.drift?.differences ?? [],
      StackResourceDriftStatus: row.drift?.status,
      Timestamp: new Date(row.drift?.checkedMs ?? 0),
    })),
  };
}
