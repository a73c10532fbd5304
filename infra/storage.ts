import { dataKey, encryptBucket } from "./keys.ts";
import { type TableResource, tables } from "./resources.ts";
import { router } from "./router.ts";
import { production } from "./stage.ts";

const bucketDefaults = { forceDestroy: !production };

/** Sources and what was read from them. Old versions stay 90 days, abandoned multipart uploads two. */
export const documents = new sst.aws.Bucket("Documents", {
  versioning: true,
  cors: {
    allowOrigins: [router.url],
    allowMethods: ["GET", "PUT", "HEAD"],
    allowHeaders: ["*"],
    exposeHeaders: ["etag", "content-length", "content-range", "accept-ranges"],
    maxAge: "10 minutes",
  },
  lifecycle: [{ id: "old-versions", expiresIn: "90 days" }],
  transform: {
    bucket: bucketDefaults,
    lifecycle: (args) => {
      args.rules = [
        {
          id: "abandoned-uploads",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
        },
        {
          id: "old-versions",
          status: "Enabled",
          filter: {},
          noncurrentVersionExpiration: { noncurrentDays: 90 },
          expiration: { expiredObjectDeleteMarker: true },
        },
      ];
    },
  },
});
encryptBucket("Documents", documents);

/** The search engine's tables: derived, so neither versioned nor backed up. */
export const engineTables = new sst.aws.Bucket("EngineTables", {
  cors: false,
  lifecycle: [{ id: "abandoned-uploads", expiresIn: "1 day" }],
  transform: {
    bucket: bucketDefaults,
    lifecycle: (args) => {
      args.rules = [
        {
          id: "abandoned-uploads",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ];
    },
  },
});
encryptBucket("EngineTables", engineTables);

/** Code too large to be sent with a request: the layers. */
export const artifacts = new sst.aws.Bucket("Artifacts", { cors: false, transform: { bucket: bucketDefaults } });
encryptBucket("Artifacts", artifacts);

const fieldTypes = { S: "string", N: "number" } as const;

const makeTable = (name: string, table: TableResource): sst.aws.Dynamo =>
  new sst.aws.Dynamo(name, {
    fields: Object.fromEntries(Object.entries(table.attributes).map(([field, type]) => [field, fieldTypes[type]])),
    primaryIndex: { hashKey: table.partitionKey, ...(table.sortKey ? { rangeKey: table.sortKey } : {}) },
    globalIndexes: Object.fromEntries(
      table.indexes.map((index) => [
        index.name,
        {
          hashKey: index.partitionKey,
          ...(index.sortKey ? { rangeKey: index.sortKey } : {}),
          projection: index.projection === "ALL" ? ("all" as const) : [...index.projection.include],
        },
      ]),
    ),
    ttl: table.ttlAttribute,
    ...(table.stream ? { stream: "new-image" as const } : {}),
    deletionProtection: production,
    transform: {
      table: {
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, kmsKeyArn: dataKey.arn },
      },
    },
  });

export const catalog = makeTable("Catalog", tables.catalog);
export const sessions = makeTable("Sessions", tables.sessions);
export const agentRows = makeTable("AgentRows", tables.agents);
