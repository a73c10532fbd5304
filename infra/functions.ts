import { agentPlatform } from "./agents.ts";
import { apiUrl, restApiArn } from "./api.ts";
import { audience, issuerUrl } from "./auth.ts";
import { grantsOf } from "./grants.ts";
import { builtDir, layers, shippedEmbedder } from "./layers.ts";
import { workQueues } from "./queues.ts";
import { type FunctionName, type FunctionResource, functions } from "./resources.ts";
import { socketManagementUrl, socketUrl } from "./socket.ts";
import { nameOf, pascalCase, settings } from "./stage.ts";
import { agentRows, catalog, documents, engineTables } from "./storage.ts";
import { usageKeys } from "./usage-keys.ts";

/** The settings of every function, by the same names as on the laptop. */
const environment = {
  SAMLA_STAGE: $app.stage,
  SAMLA_CATALOG_TABLE: catalog.name,
  SAMLA_BUCKET: documents.name,
  SAMLA_QUEUES: $jsonStringify(
    Object.fromEntries(
      Object.entries(workQueues).map(([name, { queue, dead }]) => [name, { url: queue.url, deadLetterUrl: dead.url }]),
    ),
  ),
  SAMLA_ENGINE_URI: $interpolate`s3://${engineTables.name}/indexes`,
  SAMLA_EMBEDDER: settings.embedder ?? shippedEmbedder(),
  SAMLA_UPLOAD_LIMITS: settings.uploadLimits,
  SAMLA_API_URL: apiUrl,
  SAMLA_SOCKET_URL: socketUrl,
  SAMLA_SOCKET_MANAGEMENT_URL: socketManagementUrl,
  SAMLA_ISSUER_URL: issuerUrl,
  SAMLA_AUDIENCE: audience,
  SAMLA_CACHE_DIR: "/tmp",
};

/** What those that watch agents need; they hold no right over documents, so they learn nothing of them. */
const agentsEnvironment = {
  SAMLA_STAGE: $app.stage,
  SAMLA_AGENTS_TABLE: agentRows.name,
  SAMLA_CATALOG_TABLE: catalog.name,
  SAMLA_AGENT_PLATFORM: agentPlatform,
  SAMLA_API_URL: apiUrl,
};

/** The authorizer alone knows the keys of the usage plans. */
const authorizerEnvironment = {
  ...environment,
  SAMLA_USAGE_KEYS: $jsonStringify(
    Object.fromEntries(Object.entries(usageKeys).map(([kind, { value }]) => [kind, value])),
  ),
};

/** The live tail reads logs and connections; it learns of no documents. */
const tailEnvironment = {
  SAMLA_STAGE: $app.stage,
  SAMLA_CATALOG_TABLE: catalog.name,
  SAMLA_SOCKET_MANAGEMENT_URL: socketManagementUrl,
};

const environmentOf = (name: FunctionName) => {
  if (name === "authorizer") return authorizerEnvironment;
  if (name === "tail-logs") return tailEnvironment;
  return name === "record-agents" || name === "watch-agents" ? agentsEnvironment : environment;
};

const makeFunction = (name: FunctionName, resource: FunctionResource): sst.aws.Function =>
  new sst.aws.Function(`${pascalCase(name)}Function`, {
    name: nameOf(name),
    description: `SAMLA ${$app.stage}: ${resource.entry}`,
    bundle: `${builtDir}/functions/${name}`,
    handler: "index.handler",
    timeout: `${resource.timeoutSeconds} seconds`,
    memory: `${resource.memoryMb} MB`,
    // A source of up to 100 MB, what it unpacks to, and the result lie here while it is read.
    storage: resource.extract ? "4 GB" : "512 MB",
    ...(resource.reservedConcurrency ? { concurrency: { reserved: resource.reservedConcurrency } } : {}),
    layers: [...(resource.engine ? [layers.engine.arn] : []), ...(resource.extract ? [layers.extract.arn] : [])],
    environment: environmentOf(name),
    permissions: grantsOf(name, name === "push-events" ? streamStatements : []),
  });

/** Lambda reads the catalog's change stream for the function that pushes events. */
const streamStatements = [
  {
    actions: ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"],
    resources: [catalog.nodes.table.streamArn],
  },
];

export const lambdas = Object.fromEntries(
  Object.entries(functions).map(([name, resource]) => [name, makeFunction(name as FunctionName, resource)]),
) as Record<FunctionName, sst.aws.Function>;

/** One permission a function: one for each route would outgrow the 20 kB that Lambda allows. */
for (const name of Object.keys(lambdas) as FunctionName[])
  if (name.startsWith("http-") || name === "authorizer")
    new aws.lambda.Permission(`${pascalCase(name)}FromApi`, {
      action: "lambda:InvokeFunction",
      function: lambdas[name].name,
      principal: "apigateway.amazonaws.com",
      sourceArn: $interpolate`${restApiArn}/*`,
    });
