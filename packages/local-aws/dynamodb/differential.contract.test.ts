import type { Server } from "node:http";
import { createRequire } from "node:module";
import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clientSettings, startTestDynamoDb, type TestDynamoDb } from "./testing.ts";

/** Address of another DynamoDB to compare with, such as Amazon's DynamoDB Local; without it, dynalite. */
const ORACLE_URL = process.env.SAMLA_FUZZ_ORACLE;
const OPERATIONS = Number(process.env.SAMLA_FUZZ_OPERATIONS ?? 400);
const SEEDS = (process.env.SAMLA_FUZZ_SEEDS ?? "3,20261123").split(",").map(Number);
const TableName = "tbl";
const DEFINITION: CreateTableCommandInput = {
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "p", AttributeType: "S" },
    { AttributeName: "r", AttributeType: "N" },
    { AttributeName: "g", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "p", KeyType: "HASH" },
    { AttributeName: "r", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "gix",
      KeySchema: [
        { AttributeName: "g", KeyType: "HASH" },
        { AttributeName: "r", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

/** Seeded numbers (mulberry32), so that a difference can be run again. */
function createRandom(seed: number) {
  let state = seed;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[next(values.length)];
    if (value === undefined && values.length === 0) throw new Error("nothing to pick from");
    return value as Value;
  };
  return { next, pick };
}
type Random = ReturnType<typeof createRandom>;

// DynamoDB Local leaves numbers inside maps and lists as they were written.
const NUMBERS = [
  "0",
  "-1",
  "1",
  "2.5",
  "-3.75",
  "10",
  ORACLE_URL ? "1000" : "1e3",
  "0.001",
  "-0.5",
  "99999999999999999999",
  "7",
  "-100.25",
];
const CONDITIONS = [
  "attribute_exists(#x)",
  "attribute_not_exists(#x)",
  "#x = :v",
  "#x <> :v",
  "#x < :n",
  "#x >= :s",
  "#x BETWEEN :n AND :n2",
  "begins_with(#x, :s)",
  "contains(#x, :v)",
  "size(#x) > :n",
  "#x IN (:v, :w)",
  "NOT #x = :v",
  "attribute_type(#x, :t)",
  "(#x = :v OR #y = :w) AND NOT attribute_exists(#l)",
  "#m.k0 = :v OR #l[1] = :w",
  "#x = #x",
  "((#x = :v))",
  "size(#l) = :n AND",
];
const UPDATES = [
  "SET #x = :v",
  "SET #x = if_not_exists(#y, :v)",
  "ADD #x :n",
  "REMOVE #x",
  "SET #l = list_append(if_not_exists(#l, :e), :e2)",
  "SET #m = :mm",
  "SET #m.k0 = :v",
  "SET #l[0] = :v",
  "SET #l[7] = :v, #l[9] = :w",
  "REMOVE #l[0]",
  "SET #x = #y + :n",
  "SET #x = :v, #y = :w REMOVE #l",
  "DELETE #x :ss",
  "ADD #x :ss",
  "SET #x = #x - :n",
  "SET #x = :v, #x = :w",
  "SET g = :s",
  "SET #x = :v SET #y = :w",
];

function randomValue({ next, pick }: Random, depth = 0): AttributeValue {
  const { value, text, number } = {
    value: () => randomValue({ next, pick }, depth + 1),
    // Dynalite takes an empty string for an absent attribute in conditions.
    text: pick(["a", "ab", "å", "zzz", ORACLE_URL ? "" : "b"]),
    number: pick(NUMBERS),
  };
  switch (next(depth > 1 ? 6 : 9)) {
    case 0:
      return { S: text };
    case 1:
      return { N: number };
    case 2:
      return { BOOL: next(2) === 0 };
    case 3:
      return { NULL: true };
    case 4:
      return { B: Buffer.from(pick(["x", "yy", "\u0000"])) };
    case 5:
      return { SS: [pick(["a", "b"]), pick(["c", "d"])] };
    case 6:
      return { L: Array.from({ length: next(3) }, value) };
    case 7:
      return { M: Object.fromEntries(Array.from({ length: next(3) }, (_, place) => [`k${place}`, value()])) };
    default:
      return { NS: ["1", pick(["2", "3"])] };
  }
}

// Maps, lists, false and null: dynalite does not always find them equal to themselves; unit tests have them too.
function randomComparable(random: Random): AttributeValue {
  if (ORACLE_URL) return randomValue(random, 1);
  return random.pick([
    { S: random.pick(["a", "ab", "b"]) },
    { N: random.pick(NUMBERS) },
    { BOOL: true },
    { B: Buffer.from("x") },
    { SS: ["a", "c"] },
    { NS: ["1", "2"] },
  ]);
}

/** The names and values an expression mentions. */
function createPlaceholders(random: Random, expression: string, more: Record<string, AttributeValue> = {}) {
  const value = randomComparable(random);
  const values: Record<string, AttributeValue> = {
    ":v": value,
    ":w": random.next(2) ? randomComparable(random) : value,
    ":s": { S: random.pick(["a", "z"]) },
    ":n": { N: random.pick(["-1", "0", "2.5"]) },
    ":n2": { N: random.pick(["2.5", "99"]) },
    ":t": { S: random.pick(["S", "N", "L", "M", "SS"]) },
    ":e": { L: [] },
    ":e2": { L: [randomValue(random, 1)] },
    ":mm": { M: { k0: randomValue(random, 1) } },
    ":ss": { SS: ["a", "c"] },
    ...more,
  };
  const names = { "#x": "x", "#y": "y", "#l": "lst", "#m": "mp" };
  const isUsed = ([token]: [string, unknown]) => new RegExp(`${token}(?![a-z0-9])`).test(expression);
  const usedNames = Object.entries(names).filter(isUsed);
  const usedValues = Object.entries(values).filter(isUsed);
  return {
    ...(usedNames.length > 0 && { ExpressionAttributeNames: Object.fromEntries(usedNames) }),
    ...(usedValues.length > 0 && { ExpressionAttributeValues: Object.fromEntries(usedValues) }),
  };
}

function randomCommand(random: Random) {
  const { next, pick } = random;
  const Key = { p: { S: pick(["a", "b", "c"]) }, r: { N: pick(NUMBERS) } };
  const kind = next(10);
  if (kind < 3) {
    const condition = next(2) ? pick(CONDITIONS) : undefined;
    return new PutItemCommand({
      TableName,
      Item: {
        ...Key,
        x: randomValue(random),
        ...(next(2) && { y: randomValue(random) }),
        ...(next(2) && { g: pick([{ S: "g1" }, { S: "g2" }, { S: "g1" }, { N: "1" }]) }),
        ...(next(2) && { lst: { L: [randomValue(random, 1), randomValue(random, 1)] } }),
        ...(next(2) && { mp: { M: { k0: randomValue(random, 1) } } }),
      },
      ...(condition && { ConditionExpression: condition, ...createPlaceholders(random, condition) }),
      ReturnValues: pick(["NONE", "ALL_OLD"]),
    });
  }
  if (kind < 6) {
    const update = pick(UPDATES);
    const condition = next(3) === 0 ? pick(CONDITIONS) : undefined;
    return new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: update,
      ...(condition && { ConditionExpression: condition }),
      ...createPlaceholders(random, `${update} ${condition ?? ""}`),
      // DynamoDB Local returns a list whole of which one place was updated; DynamoDB and dynalite return that place.
      ReturnValues: pick([
        "NONE",
        "ALL_OLD",
        "ALL_NEW",
        ...(ORACLE_URL ? [] : (["UPDATED_OLD", "UPDATED_NEW"] as const)),
      ]),
    });
  }
  if (kind < 7) return new DeleteItemCommand({ TableName, Key, ReturnValues: "ALL_OLD" });
  if (kind === 9)
    return new GetItemCommand({ TableName, Key, ProjectionExpression: pick(["p, x", "lst[0], mp.k0", "y"]) });
  const isIndex = next(2) === 1;
  const range = pick(["", "", " AND r > :rk", " AND r BETWEEN :rk AND :rk2", " AND r = :rk", " AND r <= :rk"]);
  const filter = next(2) ? pick(CONDITIONS) : undefined;
  const expression = `${isIndex ? "g" : "p"} = :p${range}`;
  return new QueryCommand({
    TableName,
    ...(isIndex && { IndexName: "gix" }),
    KeyConditionExpression: expression,
    ...(filter && { FilterExpression: filter }),
    ...createPlaceholders(random, `${expression} ${filter ?? ""}`, {
      ":p": { S: pick(isIndex ? ["g1", "g2"] : ["a", "b", "c"]) },
      ":rk": { N: pick(["-5", "0", "1", "2"]) },
      ":rk2": { N: pick(["3", "50"]) },
    }),
    ScanIndexForward: next(2) === 0,
    ...(!isIndex && next(2) === 0 && { Limit: pick([2, 5]) }),
  });
}

const UNORDERED = new Set(["SS", "NS"]);

/** An answer as text: members in order, sets sorted, metadata left out. */
function normalize(value: unknown, key = ""): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("base64")}`;
  if (Array.isArray(value)) {
    const entries = value.map((entry) => normalize(entry));
    return UNORDERED.has(key) ? entries.sort() : entries;
  }
  // DynamoDB Local does not trim the zeros of a sum.
  if (ORACLE_URL && key === "N")
    return String(value)
      .replace(/(\.\d*?)0+$/, "$1")
      .replace(/\.$/, "");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // DynamoDB Local tells the capacity unasked.
      .filter(([name, entry]) => name !== "$metadata" && name !== "ConsumedCapacity" && entry !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, entry]) => [name, normalize(entry, name)]),
  );
}

type AnyCommand = ReturnType<typeof randomCommand>;

async function answerOf(client: DynamoDBClient, command: AnyCommand): Promise<string> {
  try {
    const output: object = await client.send(command as PutItemCommand);
    if (ORACLE_URL && command instanceof QueryCommand && "LastEvaluatedKey" in output) {
      // A key that leads to nothing may be given or not.
      const ExclusiveStartKey = output.LastEvaluatedKey as Record<string, AttributeValue>;
      const { ScannedCount } = await client.send(new QueryCommand({ ...command.input, ExclusiveStartKey }));
      if (ScannedCount === 0) output.LastEvaluatedKey = undefined;
    }
    // Items of one index key have no defined order.
    if ("Items" in output && Array.isArray(output.Items) && command.input && "IndexName" in command.input) {
      const items = output.Items.map((item) => JSON.stringify(normalize(item))).sort();
      return JSON.stringify({ ...(normalize(output) as object), Items: items });
    }
    const text = JSON.stringify(normalize(output));
    // Nothing updated: an empty map of attributes and none at all tell the caller the same.
    return text === '{"Attributes":{}}' ? "{}" : text;
  } catch (error) {
    if (error instanceof DynamoDBServiceException) return error.name;
    throw error;
  }
}

let local: TestDynamoDb;
let oracle: Server | undefined;
let oracleClient: DynamoDBClient;

async function startDynalite(): Promise<string> {
  const dynalite = createRequire(import.meta.url)("dynalite") as (options: object) => Server;
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  oracle = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

beforeAll(async () => {
  local = await startTestDynamoDb([]);
  oracleClient = new DynamoDBClient(clientSettings(ORACLE_URL ?? (await startDynalite())));
});
afterAll(async () => {
  for (const seed of ORACLE_URL ? SEEDS : [])
    await oracleClient.send(new DeleteTableCommand({ TableName: `${TableName}${seed}` }));
  oracleClient.destroy();
  await local.close();
  oracle?.closeAllConnections();
  await new Promise((resolve) => (oracle ? oracle.close(resolve) : resolve(undefined)));
});

it.each(SEEDS)("answers random operations as another DynamoDB does (seed %i)", async (seed) => {
  const random = createRandom(seed);
  for (const client of [oracleClient, local.client]) {
    await client.send(new CreateTableCommand({ ...DEFINITION, TableName: `${TableName}${seed}` }));
    await waitUntilTableExists(
      { client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
      { TableName: `${TableName}${seed}` },
    );
  }
  for (let count = 0; count < OPERATIONS; count++) {
    const command = randomCommand(random);
    command.input.TableName = `${TableName}${seed}`;
    const [expected, actual] = await Promise.all([answerOf(oracleClient, command), answerOf(local.client, command)]);
    // The first difference ends the run: the two tables differ from there on.
    expect(actual, `${command.constructor.name} ${JSON.stringify(normalize(command.input))}`).toBe(expected);
  }
});
