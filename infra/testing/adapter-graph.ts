import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "@swc/core";
import { root } from "./unpack-platform.ts";

type Node = { type: string } & Record<string, unknown>;
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** What one function or method of the adapters does itself: commands it makes, and what it calls. */
export type Step = { actions: Set<string>; calls: Set<string>; file: string };

/**
 * The AWS adapters as a graph: `createS3ObjectStore.put` or `attributesOf` to commands and calls. Names stand for what
 * they are bound to anywhere in `packages/aws`, which may find too much, never too little.
 */
export type AdapterGraph = {
  steps: Map<string, Step>;
  /** `objects` to `createS3ObjectStore`, where an adapter is bound to a name. */
  factoryOf: Map<string, Set<string>>;
  factories: Set<string>;
};

const services: Record<string, string> = {
  apigatewaymanagementapi: "execute-api",
  "application-auto-scaling": "application-autoscaling",
  "bedrock-runtime": "bedrock",
  "cloudwatch-logs": "logs",
  "elastic-load-balancing-v2": "elasticloadbalancing",
};

/** Commands whose action has another name, or that need others too. AWS: Service Authorization Reference. */
const actionsOf: Record<string, string[]> = {
  // Without the right to list, S3 answers 403 where the object does not exist.
  "s3:GetObject": ["s3:GetObject", "s3:ListBucket"],
  "s3:HeadObject": ["s3:GetObject", "s3:ListBucket"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:CopyObject": ["s3:GetObject", "s3:PutObject"],
  "s3:CreateMultipartUpload": ["s3:PutObject"],
  "s3:UploadPart": ["s3:PutObject"],
  "s3:CompleteMultipartUpload": ["s3:PutObject"],
  "s3:ListParts": ["s3:ListMultipartUploadParts"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "sqs:SendMessageBatch": ["sqs:SendMessage"],
  "sqs:DeleteMessageBatch": ["sqs:DeleteMessage"],
  "sqs:ChangeMessageVisibilityBatch": ["sqs:ChangeMessageVisibility"],
  "execute-api:PostToConnection": ["execute-api:ManageConnections"],
  "execute-api:DeleteConnection": ["execute-api:ManageConnections"],
  "lambda:Invoke": ["lambda:InvokeFunction"],
  "bedrock:Converse": ["bedrock:InvokeModel"],
  "bedrock:ConverseStream": ["bedrock:InvokeModelWithResponseStream"],
  "dynamodb:Get": ["dynamodb:GetItem"],
  "dynamodb:Put": ["dynamodb:PutItem"],
  "dynamodb:Update": ["dynamodb:UpdateItem"],
  "dynamodb:Delete": ["dynamodb:DeleteItem"],
  "dynamodb:BatchGet": ["dynamodb:BatchGetItem"],
  "dynamodb:BatchWrite": ["dynamodb:BatchWriteItem"],
  // What it writes is said by the keys of its items.
  "dynamodb:TransactWrite": [],
  "dynamodb:TransactWriteItems": [],
  "dynamodb:TransactGet": ["dynamodb:GetItem"],
  "dynamodb:TransactGetItems": ["dynamodb:GetItem"],
};
const transactKeys: Record<string, string> = {
  Put: "dynamodb:PutItem",
  Update: "dynamodb:UpdateItem",
  Delete: "dynamodb:DeleteItem",
  ConditionCheck: "dynamodb:ConditionCheckItem",
};

const serviceOf = (source: string): string | undefined => {
  const name = /^@aws-sdk\/(?:client|lib)-(.+)$/.exec(source)?.[1];
  return name && (services[name] ?? name);
};

/** `x` of `x`, `b` of `a.b`. */
const lastName = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  if (node.type === "Identifier") return node.value as string;
  if (node.type === "MemberExpression") return lastName(node.property);
  if (node.type === "OptionalChainingExpression") return lastName(node.base);
  return undefined;
};

const visit = (value: unknown, see: (node: Node) => boolean | undefined): void => {
  if (Array.isArray(value)) for (const one of value) visit(one, see);
  else if (typeof value === "object" && value !== null) {
    if (isNode(value) && see(value) === false) return;
    for (const [key, inner] of Object.entries(value)) if (key !== "span") visit(inner, see);
  }
};

const isFunction = (node: unknown): node is Node =>
  isNode(node) && /^(ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(node.type);

/** Reads all adapters. Takes about a second. */
export const readAdapters = (folder = "packages/aws"): AdapterGraph => {
  const steps = new Map<string, Step>();
  const factoryOf = new Map<string, Set<string>>();
  const factories = new Set<string>();
  for (const file of globSync(`${folder}/**/*.ts`, {
    cwd: root,
    exclude: ["**/*.test.ts", "**/testing*.ts", "**/node_modules/**"],
  })) {
    const tree = parseSync(readFileSync(join(root, file), "utf8"), { syntax: "typescript", target: "es2024" });
    const commands = new Map<string, string>();
    const imported = new Map<string, string>();
    /** Factories are known by their names everywhere, other functions in the file that has them. */
    const keyOf = (name: string): string =>
      /^create[A-Z]/.test(name) ? name : `${imported.get(name) ?? file}#${name}`;
    for (const item of tree.body)
      if (item.type === "ImportDeclaration") {
        const service = serviceOf(item.source.value);
        for (const one of item.specifiers) {
          const name = one.local.value;
          if (service && name.endsWith("Command")) commands.set(name, `${service}:${name.slice(0, -7)}`);
          if (item.source.value.startsWith(".")) imported.set(name, join(dirname(file), item.source.value));
        }
      }
    const stepOf = (name: string): Step => {
      const known = steps.get(name) ?? { actions: new Set(), calls: new Set(), file };
      steps.set(name, known);
      return known;
    };
    /** Gives what lies below `node` to the innermost named function around it. */
    const walk = (value: unknown, owner: string, factory: string | undefined): void =>
      visit(value, (node) => {
        if (node.type === "VariableDeclarator") {
          const name = lastName(node.id);
          const init = node.init;
          if (name && isFunction(init)) {
            const isFactory = /^create[A-Z]/.test(name);
            if (isFactory) factories.add(name);
            stepOf(keyOf(name));
            walk([init.params, init.body], keyOf(name), isFactory ? name : factory);
            return false;
          }
          const made = isNode(init) && init.type === "CallExpression" ? lastName(init.callee) : undefined;
          if (name && made?.startsWith("create")) factoryOf.set(name, (factoryOf.get(name) ?? new Set()).add(made));
        }
        if (node.type === "FunctionDeclaration") {
          const name = lastName(node.identifier);
          if (name) {
            walk([node.params, node.body], keyOf(name), factory);
            return false;
          }
        }
        if (node.type === "ObjectExpression" && factory)
          for (const one of node.properties as Node[]) {
            // A method may be a function made before: `{ get }` or `{ list: listAll }`.
            const value = one.type === "KeyValueProperty" ? one.value : one;
            const method = lastName(one.type === "KeyValueProperty" ? one.key : one);
            if (method && isNode(value) && value.type === "Identifier")
              stepOf(`${factory}.${method}`).calls.add(keyOf(value.value as string));
          }
        const key = node.type === "KeyValueProperty" || node.type === "MethodProperty" ? lastName(node.key) : undefined;
        if (key && transactKeys[key] && isNode(node.value) && node.value.type === "ObjectExpression")
          stepOf(owner).actions.add(transactKeys[key]);
        if (key && factory && (node.type === "MethodProperty" || isFunction(node.value))) {
          const own = `${factory}.${key}`;
          stepOf(own);
          walk(node.type === "MethodProperty" ? [node.params, node.body] : node.value, own, undefined);
          return false;
        }
        if (
          node.type === "SpreadElement" &&
          isNode(node.arguments) &&
          node.arguments.type === "CallExpression" &&
          factory
        ) {
          const from = lastName(node.arguments.callee);
          if (from) stepOf(factory).calls.add(`...${from}`);
        }
        if (node.type === "NewExpression") {
          const command = commands.get(lastName(node.callee) ?? "");
          if (command) for (const action of actionsOf[command] ?? [command]) stepOf(owner).actions.add(action);
        }
        if (node.type === "Identifier") stepOf(owner).calls.add(keyOf(node.value as string));
        if (node.type === "MemberExpression") {
          const on = lastName(node.object);
          const method = lastName(node.property);
          if (on && method) stepOf(owner).calls.add(`${on}.${method}`);
          // The name of a member is no call of what has that name elsewhere.
          walk(node.object, owner, factory);
          if (isNode(node.property) && node.property.type === "Computed") walk(node.property, owner, factory);
          return false;
        }
        if (node.type === "KeyValueProperty") {
          walk(node.value, owner, factory);
          return false;
        }
        return undefined;
      });
    walk(tree.body, `module ${file}`, undefined);
  }
  return { steps, factoryOf, factories };
};

/** Steps of a factory's method; of the factories that it spreads, too. */
const methodOf = (graph: AdapterGraph, factory: string, method: string, seen = new Set<string>()): string[] => {
  if (seen.has(factory)) return [];
  seen.add(factory);
  const own = `${factory}.${method}`;
  if (graph.steps.has(own)) return [own];
  return [...(graph.steps.get(factory)?.calls ?? [])]
    .filter((one) => one.startsWith("..."))
    .flatMap((one) => methodOf(graph, one.slice(3), method, seen));
};

/** Actions behind uses such as `objects.put`, each with the file that needs it. `bound` says what the caller's names stand for. */
export const actionsBehind = (
  graph: AdapterGraph,
  uses: Iterable<string>,
  bound: Map<string, Set<string>>,
): { action: string; file: string }[] => {
  const found = new Map<string, { action: string; file: string }>();
  const done = new Set<string>();
  const follow = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const step = graph.steps.get(name);
    if (!step) return;
    for (const action of step.actions) found.set(`${action} ${step.file}`, { action, file: step.file });
    for (const call of step.calls) {
      if (graph.steps.has(call) && !graph.factories.has(call)) follow(call);
      expand(call, graph.factoryOf);
    }
  };
  const expand = (use: string, names: Map<string, Set<string>>): void => {
    const [on = "", method] = use.split(".");
    if (method)
      for (const factory of names.get(on) ?? []) for (const step of methodOf(graph, factory, method)) follow(step);
  };
  for (const use of uses) expand(use, bound);
  return [...found.values()];
};
