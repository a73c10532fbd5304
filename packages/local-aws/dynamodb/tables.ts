import type { Identity } from "../kernel/types.ts";

export type KeyType = "S" | "N" | "B";
export type StreamViewType = "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY";

export type KeySchema = { partitionKey: string; sortKey?: string | undefined };

export type IndexDefinition = KeySchema & {
  /** Row id, unique over all tables and never used again. */
  id: number;
  name: string;
  projection: "ALL" | "KEYS_ONLY" | { include: string[] };
};

export type TableDefinition = KeySchema & {
  /** Row id, never used again: a table made anew under an old name shares nothing with it. */
  id: number;
  name: string;
  attributes: Record<string, KeyType>;
  indexes: IndexDefinition[];
  billing: { mode: "PAY_PER_REQUEST" } | { mode: "PROVISIONED"; readUnits: number; writeUnits: number };
  isDeletionProtected: boolean;
  ttlAttribute?: string | undefined;
  stream?: { viewType: StreamViewType; label: string } | undefined;
  createdAtMs: number;
  tableId: string;
};

export function keyNames(schema: KeySchema): string[] {
  return schema.sortKey === undefined ? [schema.partitionKey] : [schema.partitionKey, schema.sortKey];
}

export function tableArn(identity: Identity, tableName: string): string {
  return `arn:aws:dynamodb:${identity.region}:${identity.accountId}:table/${tableName}`;
}

export function streamArn(identity: Identity, table: TableDefinition): string | undefined {
  return table.stream && `${tableArn(identity, table.name)}/stream/${table.stream.label}`;
}

/** Attributes an index row shows, undefined for all. */
export function projectedNames(table: TableDefinition, index: IndexDefinition): Set<string> | undefined {
  if (index.projection === "ALL") return undefined;
  const extra = index.projection === "KEYS_ONLY" ? [] : index.projection.include;
  return new Set([...keyNames(table), ...keyNames(index), ...extra]);
}

function describeKeySchema(schema: KeySchema) {
  return keyNames(schema).map((name, place) => ({ AttributeName: name, KeyType: place === 0 ? "HASH" : "RANGE" }));
}

function describeProjection(projection: IndexDefinition["projection"]) {
  return typeof projection === "string"
    ? { ProjectionType: projection }
    : { ProjectionType: "INCLUDE", NonKeyAttributes: projection.include };
}

export type SizeCount = { items: number; sizeBytes: number };

/** The TableDescription of DescribeTable. */
export function describeTable(
  identity: Identity,
  table: TableDefinition,
  count: SizeCount,
  countIndex: (index: IndexDefinition) => SizeCount,
  status: "ACTIVE" | "DELETING" = "ACTIVE",
) {
  const arn = tableArn(identity, table.name);
  const units = table.billing.mode === "PROVISIONED" ? table.billing : { readUnits: 0, writeUnits: 0 };
  const throughput = {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: units.readUnits,
    WriteCapacityUnits: units.writeUnits,
  };
  return {
    TableName: table.name,
    TableArn: arn,
    TableId: table.tableId,
    TableStatus: status,
    CreationDateTime: table.createdAtMs / 1000,
    AttributeDefinitions: Object.entries(table.attributes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: describeKeySchema(table),
    ItemCount: count.items,
    TableSizeBytes: count.sizeBytes,
    ProvisionedThroughput: throughput,
    DeletionProtectionEnabled: table.isDeletionProtected,
    ...(table.billing.mode === "PAY_PER_REQUEST" && { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } }),
    ...(table.indexes.length > 0 && {
      GlobalSecondaryIndexes: table.indexes.map((index) => {
        const indexCount = countIndex(index);
        return {
          IndexName: index.name,
          IndexArn: `${arn}/index/${index.name}`,
          IndexStatus: "ACTIVE",
          KeySchema: describeKeySchema(index),
          Projection: describeProjection(index.projection),
          ProvisionedThroughput: throughput,
          ItemCount: indexCount.items,
          IndexSizeBytes: indexCount.sizeBytes,
        };
      }),
    }),
    ...(table.stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream.viewType },
      LatestStreamLabel: table.stream.label,
      LatestStreamArn: streamArn(identity, table),
    }),
  };
}
