import { createCapacityMeter } from "./capacity.ts";
import { findIndex } from "./catalog.ts";
import { parseCondition } from "./condition.ts";
import type { Condition } from "./condition-tree.ts";
import type { Engine } from "./engine.ts";
import { validationError } from "./errors.ts";
import { evaluateCondition } from "./evaluate.ts";
import { createExpressionScope } from "./expression-scope.ts";
import {
  type Input,
  readChoice,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalMap,
  readOptionalText,
  readText,
} from "./input.ts";
import { collectNames, type KeyRange, toKeyRange } from "./key-condition.ts";
import { isOfKeyType, keyInIndex, keyOfItem, pickKey, spreadOf } from "./keys.ts";
import { parseProjection, projectItem } from "./projection.ts";
import { type Position, walkRows } from "./row-walk.ts";
import { type IndexDefinition, keyNames, projectedNames, type TableDefinition } from "./tables.ts";
import { type Item, itemSizeBytes, parseItem } from "./values.ts";

const MAX_PAGE_BYTES = 1024 * 1024;
const SELECTS = ["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT", "DEFAULT"] as const;

type Selection = {
  table: TableDefinition;
  index: IndexDefinition | undefined;
  range: KeyRange | undefined;
  filter: Condition | undefined;
  project: ((item: Item) => Item) | undefined;
  isCount: boolean;
  isConsistent: boolean;
};

/** Reads and checks what Query and Scan share. Throws ValidationException. */
function parseSelection(engine: Engine, input: Input, operation: "Query" | "Scan"): Selection {
  const table = engine.catalog.require(readText(input, "TableName"));
  const keyText = operation === "Query" ? readText(input, "KeyConditionExpression") : undefined;
  const filterText = readOptionalText(input, "FilterExpression");
  const projectionText = readOptionalText(input, "ProjectionExpression");
  const scope = createExpressionScope(input, [keyText, filterText, projectionText]);
  const keyCondition = keyText === undefined ? undefined : parseCondition(keyText, "KeyConditionExpression", scope);
  const filter = filterText === undefined ? undefined : parseCondition(filterText, "FilterExpression", scope);
  const paths = projectionText === undefined ? undefined : parseProjection(projectionText, scope);
  scope.requireAllUsed();

  const indexName = readOptionalText(input, "IndexName");
  const index = indexName === undefined ? undefined : findIndex(table, indexName);
  if (indexName !== undefined && !index) {
    throw validationError(`The table does not have the specified index: ${indexName}`);
  }
  const isConsistent = readOptionalBoolean(input, "ConsistentRead") ?? false;
  if (index && isConsistent) throw validationError("Consistent reads are not supported on global secondary indexes");
  const range = keyCondition && toKeyRange(keyCondition, table, index ?? table);
  if (filter && keyCondition) {
    const names = collectNames(filter);
    const keyName = keyNames(index ?? table).find((name) => names.has(name));
    if (keyName !== undefined) {
      throw validationError(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${keyName}`,
      );
    }
  }
  const shown = index && projectedNames(table, index);
  const unseen = filter && shown ? [...collectNames(filter)].filter((name) => !shown.has(name)) : [];
  if (unseen.length > 0) {
    throw validationError(
      `One or more parameter values were invalid: Secondary index ${index?.name} does not project one or more filter attributes: [${unseen.join(", ")}]`,
    );
  }
  const select = readChoice(input, "Select", SELECTS, "DEFAULT");
  requireSelect(
    select,
    table,
    index,
    paths?.map((path) => path[0]),
  );
  return {
    table,
    index,
    range,
    filter,
    project: paths && ((item) => projectItem(item, paths)),
    isCount: select === "COUNT",
    isConsistent,
  };
}

function requireSelect(
  select: (typeof SELECTS)[number],
  table: TableDefinition,
  index: IndexDefinition | undefined,
  names: string[] | undefined,
): void {
  if (names && select !== "DEFAULT" && select !== "SPECIFIC_ATTRIBUTES") {
    throw validationError(`Cannot specify the ProjectionExpression when choosing to get ${select}`);
  }
  if (!names && select === "SPECIFIC_ATTRIBUTES") {
    throw validationError("Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (!index) {
    if (select === "ALL_PROJECTED_ATTRIBUTES") {
      throw validationError("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    }
    return;
  }
  const shown = projectedNames(table, index);
  if (!shown) return;
  if (select === "ALL_ATTRIBUTES") {
    throw validationError(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
  }
  const missing = names?.filter((name) => !shown.has(name)) ?? [];
  if (missing.length > 0) {
    throw validationError(
      `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${missing.join(", ")}]`,
    );
  }
}

function parseStartKey(input: Input, selection: Selection): Position | undefined {
  const raw = readOptionalMap(input, "ExclusiveStartKey");
  if (!raw) return undefined;
  const { table, index, range } = selection;
  const start = parseItem(raw);
  const names = new Set([...keyNames(table), ...(index ? keyNames(index) : [])]);
  const fits = Object.keys(start).length === names.size && [...names].every((name) => isOfKeyType(table, start, name));
  if (!fits)
    throw validationError("The provided starting key is invalid: The provided key element does not match the schema");
  const tableKey = keyOfItem(table, start);
  const key = index ? keyInIndex(table, index, start) : tableKey;
  if (!key) throw validationError("The provided starting key is invalid");
  if (range && Buffer.compare(range.partition, key.partition) !== 0) {
    throw validationError("The provided starting key is outside query boundaries based on provided conditions");
  }
  return { key, ...(index && { tableKey }) };
}

function readSegment(input: Input): { from: number; to: number } | undefined {
  const total = readOptionalInteger(input, "TotalSegments", 1, 1_000_000);
  const segment = readOptionalInteger(input, "Segment", 0, 999_999);
  if (total === undefined && segment === undefined) return undefined;
  if (total === undefined || segment === undefined) {
    throw validationError("The Segment and TotalSegments parameters must be given together");
  }
  if (segment >= total) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  const width = 2 ** 32 / total;
  return { from: Math.ceil(segment * width), to: Math.ceil((segment + 1) * width) };
}

/** Runs one page of a Query or Scan: at most `Limit` items and 1 MB read, then a key to go on from. */
export function selectPage(engine: Engine, input: Input, operation: "Query" | "Scan"): object {
  const selection = parseSelection(engine, input, operation);
  const { table, index, range, filter, project } = selection;
  const limit = readOptionalInteger(input, "Limit", 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
  const meter = createCapacityMeter(input);
  const shown = index && projectedNames(table, index);
  const rows = walkRows(engine.database, {
    table,
    index,
    range,
    ...(range && { spread: spreadOf(range.partition) }),
    segment: operation === "Scan" ? readSegment(input) : undefined,
    after: parseStartKey(input, selection),
    isForward: readOptionalBoolean(input, "ScanIndexForward") ?? true,
  });
  const items: Item[] = [];
  let count = 0;
  let scanned = 0;
  let readBytes = 0;
  let last: Item | undefined;
  let isCut = false;
  for (const row of rows) {
    const visible = shown ? Object.fromEntries(Object.entries(row.item).filter(([name]) => shown.has(name))) : row.item;
    const sizeBytes = shown ? itemSizeBytes(visible) : row.sizeBytes;
    if (scanned > 0 && readBytes + sizeBytes > MAX_PAGE_BYTES) {
      isCut = true;
      break;
    }
    readBytes += sizeBytes;
    scanned++;
    last = row.item;
    if (!filter || evaluateCondition(filter, visible)) {
      count++;
      if (!selection.isCount) items.push(project ? project(visible) : visible);
    }
    if (scanned >= limit) {
      isCut = true;
      break;
    }
  }
  meter.read(table, readBytes, selection.isConsistent ? 1 : 0.5, index?.name);
  return {
    Count: count,
    ScannedCount: scanned,
    ...(!selection.isCount && { Items: items }),
    ...(isCut && last && { LastEvaluatedKey: pickKey(index ? [table, index] : [table], last) }),
    ...meter.single(table),
  };
}
