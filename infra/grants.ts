import { readFileSync } from "node:fs";
import { knowsNoResource, passesRole } from "./action-kinds.ts";
import { dataKey } from "./keys.ts";
import { workQueues } from "./queues.ts";
import { type FunctionName, type QueueName, queueConsumers } from "./resources.ts";
import { accountId, region, settings } from "./stage.ts";
import { agentRows, catalog, documents, engineTables, sessions } from "./storage.ts";

/** Whose actions a function needs, by the part of AWS they are for. `npm run grants` writes them from the code itself. */
export type GrantPart =
  | "catalog"
  | "agentRows"
  | "timeline"
  | "sessions"
  | "objects"
  | "engine"
  | "queues"
  | "deadLetters"
  | "connections"
  | "models"
  | "agents"
  | "lambda";
export type Grants = Partial<Record<GrantPart, string[]>>;

const all = JSON.parse(readFileSync(`${$cli.paths.root}/infra/grants.json`, "utf8")) as Record<string, Grants>;

type Statement = {
  actions: string[];
  resources: $util.Input<string>[];
  conditions?: { test: string; variable: string; values: $util.Input<string>[] }[];
};

const table = (one: sst.aws.Dynamo): $util.Input<string>[] => [one.arn, $interpolate`${one.arn}/index/*`];
const bucket = (one: sst.aws.Bucket): $util.Input<string>[] => [one.arn, $interpolate`${one.arn}/*`];

/** An action on a bucket and one on its objects are never granted for the other. */
const bucketActions = /^s3:(ListBucket|ListBucketVersions|GetBucketLocation|ListBucketMultipartUploads)$/;
const split = (one: sst.aws.Bucket, actions: string[]): Statement[] => {
  const [own, objects] = bucket(one) as [$util.Input<string>, $util.Input<string>];
  return [
    { actions: actions.filter((action) => bucketActions.test(action)), resources: [own] },
    { actions: actions.filter((action) => !bucketActions.test(action)), resources: [objects] },
  ];
};

/** Resources of each part; the socket's address and the agents' names are given by whoever makes them, later than this. */
const statementsOf: Record<GrantPart, (actions: string[]) => Statement[]> = {
  catalog: (actions) => [{ actions, resources: table(catalog) }],
  agentRows: (actions) => [{ actions, resources: table(agentRows) }],
  // Events alone: whoever runs agents writes what they did beside it, and reads nothing of documents.
  timeline: (actions) => [
    {
      actions,
      resources: [catalog.arn],
      conditions: [{ test: "ForAllValues:StringLike", variable: "dynamodb:LeadingKeys", values: ["EVENTS#*"] }],
    },
  ],
  sessions: (actions) => [{ actions, resources: table(sessions) }],
  objects: (actions) => split(documents, actions),
  engine: (actions) => split(engineTables, actions),
  queues: (actions) => [{ actions, resources: Object.values(workQueues).map(({ queue }) => queue.arn) }],
  deadLetters: (actions) => [{ actions, resources: Object.values(workQueues).map(({ dead }) => dead.arn) }],
  connections: (actions) => [
    { actions, resources: [$interpolate`arn:aws:execute-api:${region}:${accountId}:*/v1/POST/@connections/*`] },
  ],
  // Asked only where a deployment has chosen such an embedder.
  models: (actions) =>
    settings.embedder?.includes("bedrock") !== true
      ? []
      : [{ actions, resources: [$interpolate`arn:aws:bedrock:${region}::foundation-model/*`] }],
  agents: (actions) => agentStatements(actions),
  lambda: (actions) => [
    { actions, resources: [$interpolate`arn:aws:lambda:${region}:${accountId}:function:${$app.name}-${$app.stage}-*`] },
  ],
};

/** What the console does to agents is bounded by the names of their stacks, repositories, services and logs. */
const agentStatements = (actions: string[]): Statement[] => {
  const own = `${$app.name}-${$app.stage}`;
  const arn = (service: string, rest: string): $util.Input<string> =>
    $interpolate`arn:aws:${service}:${region}:${accountId}:${rest}`;
  const resources: Record<string, $util.Input<string>[]> = {
    cloudformation: [arn("cloudformation", `stack/${own}-agent-*/*`)],
    ecr: [arn("ecr", `repository/${$app.name}/${$app.stage}/*`)],
    ecs: ["service", "service-deployment", "task"].map((kind) => arn("ecs", `${kind}/${own}-agents/*`)),
    logs: [arn("logs", `log-group:/samla/${$app.stage}/agents/*`)],
  };
  const isWide = (action: string): boolean => knowsNoResource.test(action);
  return [
    ...Object.entries(resources).map(([service, of]) => ({
      actions: actions.filter((action) => action.startsWith(`${service}:`) && !isWide(action)),
      resources: of,
    })),
    { actions: actions.filter(isWide), resources: ["*"] },
    // CloudFormation takes the stacks' role, and no other service.
    ...(actions.some((action) => passesRole.test(action))
      ? [
          {
            actions: ["iam:PassRole"],
            resources: [$interpolate`arn:aws:iam::${accountId}:role/${own}-agent-stacks`],
            conditions: [
              { test: "StringEquals", variable: "iam:PassedToService", values: ["cloudformation.amazonaws.com"] },
            ],
          },
        ]
      : []),
  ];
};

/** Functions that have to do with some rows of the catalog only: the keys that they may name. */
const catalogKeys: Partial<Record<FunctionName | "web", string[]>> = { "tail-logs": ["CONNECTIONS"] };

const narrowed = (name: FunctionName | "web", part: string, statements: Statement[]): Statement[] => {
  const values = part === "catalog" ? catalogKeys[name] : undefined;
  const test = "ForAllValues:StringEquals";
  return values
    ? statements.map((one) => ({ ...one, conditions: [{ test, variable: "dynamodb:LeadingKeys", values }] }))
    : statements;
};

const consumerActions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Key use by way of the services that hold the data, never by itself. */
const keyActions = (grants: Grants): string[] => {
  const writes = JSON.stringify(grants).match(/s3:Put|dynamodb:(Put|Update|Delete)/);
  return grants.catalog || grants.agentRows || grants.sessions || grants.objects || grants.engine
    ? ["kms:Decrypt", ...(writes ? ["kms:GenerateDataKey"] : [])]
    : [];
};

/** The statements of one function's own role. Throws when nobody has said what the function may do. */
export const grantsOf = (name: FunctionName | "web", more: Statement[] = []): Statement[] => {
  const grants = all[name];
  if (!grants)
    throw new Error(`infra/grants.json says nothing of ${name}. Run \`npm run grants\` and look at what changed.`);
  const consumed = Object.entries(queueConsumers)
    .filter(([, consumer]) => consumer.function === name)
    .map(([queue]) => workQueues[queue as QueueName].queue.arn);
  return [
    ...Object.entries(grants).flatMap(([part, actions]) =>
      narrowed(name, part, statementsOf[part as GrantPart](actions)),
    ),
    { actions: consumed.length ? consumerActions : [], resources: consumed },
    { actions: keyActions(grants), resources: [dataKey.arn] },
    ...more,
  ].filter((statement) => statement.actions.length > 0);
};
