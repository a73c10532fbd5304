import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentPassage, callerKinds, type Route, roles, routes, usagePlans } from "../packages/contracts/index.ts";
import { functions, queueConsumers, queues, schedules, socketRoutes, stageThrottle, tables } from "./resources.ts";
import { type Inputs, list, readStack, type Statement, stages } from "./testing/stack.ts";
import { root } from "./testing/unpack-platform.ts";

/** Actions for which AWS knows no narrower resource than all. Service Authorization Reference. */
const withoutResource =
  /^(ecr:(GetAuthorizationToken|DescribeRegistry)|ecs:((Register|Deregister|Describe)TaskDefinition|ListTasks)|elasticloadbalancing:Describe\w+|logs:DescribeLogGroups|application-autoscaling:Describe\w+|cloudwatch:(DescribeAlarms|GetMetricData)|xray:Put\w+)$/;
/** Policies of AWS that are named after the one service whose role has them. */
const managedAllowed =
  /AWSBackupServiceRolePolicyFor|AmazonAPIGatewayPushToCloudWatchLogs|AWSLambdaBasicExecutionRole$/;

describe.each(stages)("what would be deployed to %s", (stage) => {
  const stack = readStack(stage);
  const { of } = stack;
  const production = stage === "production";
  const lambdas = () => of("lambda/function:Function");
  const named = (name: string) => {
    const found = lambdas().find((one) => one.inputs.name === `samla-${stage}-${name}`);
    if (!found) throw new Error(`there is no function ${name}`);
    return found;
  };

  it("registers nothing unresolved, and every function, queue, table and schedule of infra/resources.ts", () => {
    expect(JSON.stringify(stack.resources)).not.toMatch(
      /Calling \[toString\] on an|\[object (Promise|Object)\]|undefined\/|"NaN"/,
    );
    for (const name of Object.keys(functions)) named(name);
    expect(of("sqs/queue:Queue")).toHaveLength(Object.keys(queues).length * 2);
    expect(of("dynamodb/table:Table")).toHaveLength(Object.keys(tables).length);
    expect(
      of("scheduler/schedule:Schedule")
        .map((one) => one.inputs.scheduleExpression)
        .sort(),
    ).toEqual(
      Object.values(schedules)
        .map((one) => one.expression)
        .sort(),
    );
  });

  it("grants no wildcard action, and every resource only to actions that know no other", () => {
    const bad = stack.roles().flatMap(({ role, statements }) =>
      statements
        .filter((one) => one.Effect === "Allow")
        .filter(
          (one) =>
            one.NotAction !== undefined ||
            list(one.Action).some((action) => action.includes("*")) ||
            (list(one.Resource).some((resource) => /^\*$|^arn:aws:[\w-]*:\*:/.test(resource)) &&
              !list(one.Action).every((action) => withoutResource.test(action))),
        )
        .map((one) => ({ role: role.name, ...one })),
    );
    expect(bad).toEqual([]);
  });

  it("lets roles be taken by AWS services alone, and gives none a managed policy beyond its service's own", () => {
    for (const { role, trust, managed } of stack.roles()) {
      for (const one of trust) expect(Object.keys(one.Principal as object), role.name).toEqual(["Service"]);
      const bad = managed.filter((arn) => !managedAllowed.test(arn));
      expect(bad, role.name).toEqual([]);
      if (managed.some((arn) => arn.endsWith("AWSLambdaBasicExecutionRole"))) expect(role.name).toMatch(/EdgeFunction/);
    }
  });

  it("gives each function a role of its own", () => {
    const roles = lambdas().map((one) => one.inputs.role);
    expect(new Set(roles).size).toBe(roles.length);
  });

  it("keeps buckets closed, encrypted with our key, and deaf without TLS", () => {
    for (const bucket of of("s3/bucket:Bucket")) {
      const belongs = (one: { inputs: Inputs }) => one.inputs.bucket === (bucket.inputs.bucket ?? bucket.name);
      expect(of("s3/bucketPublicAccessBlock:BucketPublicAccessBlock").find(belongs)?.inputs, bucket.name).toMatchObject(
        {
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
      );
      const statements = stack.statementsOf(of("s3/bucketPolicy:BucketPolicy").find(belongs)?.inputs.policy);
      expect(statements, bucket.name).toContainEqual(
        expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": ["false"] } } }),
      );
      const encryption = of<{ rules: { applyServerSideEncryptionByDefault: Inputs; bucketKeyEnabled: boolean }[] }>(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ).find(belongs as never);
      // The console's files are public by their nature.
      if (bucket.name.startsWith("Web")) continue;
      expect(encryption?.inputs.rules[0]?.applyServerSideEncryptionByDefault, bucket.name).toMatchObject({
        sseAlgorithm: "aws:kms",
        kmsMasterKeyId: expect.stringContaining(":key/"),
      });
      expect(bucket.inputs.forceDestroy, bucket.name).toBe(!production);
    }
  });

  it("versions documents, forgets abandoned uploads, and takes browsers of the console's origin only", () => {
    expect(of("s3/bucketVersioning:BucketVersioning").map((one) => one.name)).toEqual(["DocumentsVersioning"]);
    const rules = of<{ bucket: string; rules: Inputs[] }>(
      "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    );
    for (const one of rules)
      expect(JSON.stringify(one.inputs.rules), one.name).toContain("abortIncompleteMultipartUpload");
    const cors = of<{ corsRules: { allowedOrigins: string[] }[] }>(
      "s3/bucketCorsConfiguration:BucketCorsConfiguration",
    );
    for (const one of cors.filter((each) => !each.name.startsWith("Web")))
      for (const rule of one.inputs.corsRules)
        expect(rule.allowedOrigins, one.name).toEqual([expect.stringMatching(/^https:\/\//)]);
  });

  it("keeps tables recoverable, encrypted, expiring, and undeletable in production", () => {
    for (const one of of("dynamodb/table:Table"))
      expect(one.inputs, one.name).toMatchObject({
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, kmsKeyArn: expect.stringContaining(":key/") },
        ttl: { enabled: true },
        deletionProtectionEnabled: production,
      });
  });

  it("rotates its key", () => {
    for (const one of of("kms/key:Key")) expect(one.inputs.enableKeyRotation, one.name).toBe(true);
  });

  it("gives each queue encryption, TLS, and dead letters that outlive a fortnight's holiday", () => {
    const all = of("sqs/queue:Queue");
    for (const one of all) {
      expect(one.inputs.sqsManagedSseEnabled, one.name).toBe(true);
      const url = `/${one.inputs.name ?? one.name}`;
      const policy = of("sqs/queuePolicy:QueuePolicy").find((each) => String(each.inputs.queueUrl).endsWith(url));
      const statements = stack.statementsOf(policy?.inputs.policy);
      expect(statements, one.name).toContainEqual(expect.objectContaining({ Effect: "Deny", Principal: "*" }));
      for (const allow of statements.filter((each: Statement) => each.Effect === "Allow"))
        expect(allow, one.name).toMatchObject({
          Principal: { Service: "s3.amazonaws.com" },
          Condition: { ArnEquals: expect.anything() },
        });
      if (one.name.includes("DeadLetters")) expect(one.inputs.messageRetentionSeconds).toBe(1_209_600);
      else
        expect(String(one.inputs.redrivePolicy), one.name).toContain(one.name.replace(/Queue(Queue)?$/, "DeadLetters"));
    }
  });

  it("hides a message for as long as its function may run, and takes back single messages that failed", () => {
    const mappings = of("lambda/eventSourceMapping:EventSourceMapping");
    for (const [name, consumer] of Object.entries(queueConsumers)) {
      const target = named(consumer.function);
      const mapping = mappings.find((one) => String(one.inputs.functionName).endsWith(`-${consumer.function}`));
      expect(mapping?.inputs, name).toMatchObject({
        functionResponseTypes: ["ReportBatchItemFailures"],
        batchSize: consumer.batchSize,
      });
      const queue = of("sqs/queue:Queue").find((one) =>
        String(mapping?.inputs.eventSourceArn).endsWith(`:${one.inputs.name ?? one.name}`),
      );
      expect(Number(queue?.inputs.visibilityTimeoutSeconds), name).toBeGreaterThanOrEqual(
        Number(target.inputs.timeout),
      );
    }
    // One message is read after the other unless the queue's own order allows more; writers are bounded by it.
    for (const one of mappings.filter((each) => each.inputs.scalingConfig))
      expect((one.inputs.scalingConfig as { maximumConcurrency: number }).maximumConcurrency).toBeLessThanOrEqual(10);
  });

  it("bounds every function and gives it a log that expires", () => {
    const groups = of("cloudwatch/logGroup:LogGroup");
    // SST keeps the log of the image function, which the console does not use, for three days.
    for (const group of groups)
      expect(group.inputs.retentionInDays, group.name).toBe(
        group.name.startsWith("WebImageOptimizer") ? 3 : production ? 90 : 7,
      );
    for (const one of lambdas()) {
      expect(one.inputs.runtime, one.name).toBe("nodejs24.x");
      expect(one.inputs.timeout, one.name).toBeLessThanOrEqual(900);
      expect(one.inputs.memorySize, one.name).toBeLessThanOrEqual(3008);
      const environment = JSON.stringify(
        stack.unwrap((one.inputs.environment as { variables?: unknown })?.variables) ?? {},
      );
      expect(environment.length, `${one.name}: AWS takes 4 kB of settings`).toBeLessThan(4096);
      if (/EdgeFunction/.test(one.name)) continue;
      expect(
        groups.map((group) => group.inputs.name),
        one.name,
      ).toContain((one.inputs.loggingConfig as { logGroup: string }).logGroup);
    }
    for (const [name, resource] of Object.entries(functions))
      expect(named(name).inputs, name).toMatchObject({
        timeout: resource.timeoutSeconds,
        memorySize: resource.memoryMb,
        ...("reservedConcurrency" in resource ? { reservedConcurrentExecutions: resource.reservedConcurrency } : {}),
      });
  });

  it("tells functions and console everything that they ask for, by the same names as the laptop", () => {
    const asked = (file: string): string[] => {
      const text = readFileSync(join(root, file), "utf8");
      return [...text.matchAll(/^ {2}(SAMLA_\w+):(?:(?!\n {2}\w)[\s\S])*?,$/gm)]
        .filter(([line]) => !/\.(default|optional)\(/.test(line))
        .map(([, name = ""]) => name);
    };
    const variables = (one: { inputs: Inputs }) =>
      stack.unwrap((one.inputs.environment as { variables: unknown }).variables) as Record<string, string>;
    const wanted = asked("functions/runtime/env.ts");
    expect(wanted.length).toBeGreaterThan(8);
    const ofAgents = asked("functions/runtime/agents.ts");
    expect(ofAgents).toContain("SAMLA_AGENT_PLATFORM");
    const ofTail = asked("functions/runtime/tail.ts");
    expect(ofTail).toHaveLength(3);
    for (const name of Object.keys(functions))
      expect(Object.keys(variables(named(name))), name).toEqual(
        expect.arrayContaining(name.endsWith("-agents") ? ofAgents : name === "tail-logs" ? ofTail : wanted),
      );
    const server = lambdas().find((one) => /^WebServer/.test(one.name));
    expect(Object.keys(server ? variables(server) : {})).toEqual(
      expect.arrayContaining([...asked("web/bff/env.ts"), ...asked("web/bff/agents-env.ts")]),
    );
    const { SAMLA_QUEUES } = variables(named("sweep"));
    expect(Object.keys(JSON.parse(SAMLA_QUEUES ?? "{}") as object)).toEqual(Object.keys(queues));
  });

  it("keeps function addresses behind IAM, for CloudFront alone", () => {
    for (const url of of("lambda/functionUrl:FunctionUrl"))
      expect(url.inputs.authorizationType, url.name).toBe("AWS_IAM");
    for (const one of of("lambda/permission:Permission")) {
      expect(one.inputs.principal, one.name).toMatch(/^(apigateway|cloudfront|events)\.amazonaws\.com$/);
      expect(one.inputs.sourceArn, one.name).toBeTruthy();
    }
  });

  it("throttles, logs, measures and guards the API", () => {
    const [api] = of("apigateway/restApi:RestApi");
    expect(api?.inputs).toMatchObject({ failOnWarnings: true, putRestApiMode: "overwrite" });
    const [apiStage] = of<{ accessLogSettings: { format: string; destinationArn: string } } & Inputs>(
      "apigateway/stage:Stage",
    );
    expect(apiStage?.inputs).toMatchObject({
      stageName: "v1",
      xrayTracingEnabled: true,
      cacheClusterEnabled: production,
    });
    const line = JSON.parse(
      apiStage?.inputs.accessLogSettings.format.replace(/:(\$context\.\w+)/g, ":0") ?? "",
    ) as object;
    for (const [name, value] of Object.entries(line)) expect(String(value), name).not.toContain('"');
    const settings = of<{ methodPath: string; settings: Inputs }>("apigateway/methodSettings:MethodSettings");
    expect(settings.find((one) => one.inputs.methodPath === "*/*")?.inputs.settings).toMatchObject({
      throttlingRateLimit: stageThrottle.ratePerSecond,
      throttlingBurstLimit: stageThrottle.burst,
      dataTraceEnabled: false,
    });
    for (const [id, route] of Object.entries(routes) as [string, Route][])
      if (route.throttle)
        expect(
          settings.find((one) => one.inputs.methodPath === `${route.path.slice(1)}/${route.method}`)?.inputs.settings,
          id,
        ).toMatchObject({
          throttlingRateLimit: route.throttle.ratePerSecond,
          throttlingBurstLimit: route.throttle.burst,
        });
    for (const one of settings.filter((each) => each.inputs.settings.cachingEnabled))
      expect(one.inputs.settings).toMatchObject({
        cacheDataEncrypted: true,
        requireAuthorizationForCacheControl: true,
      });
    expect(of("wafv2/webAclAssociation:WebAclAssociation")).toHaveLength(1);
    for (const acl of of("wafv2/webAcl:WebAcl"))
      expect(JSON.stringify(acl.inputs.rules), acl.name).toContain("rateBasedStatement");
  });

  it("meters people and machines by a plan each, whose key the authorizer alone is told", () => {
    const [api] = of("apigateway/restApi:RestApi");
    expect(JSON.parse(String(api?.inputs.body))).toMatchObject({ "x-amazon-apigateway-api-key-source": "AUTHORIZER" });
    const plans = of("apigateway/usagePlan:UsagePlan").map(({ inputs }) => inputs);
    expect(plans).toHaveLength(callerKinds.length);
    for (const kind of callerKinds) {
      const { ratePerSecond, burst, quota } = usagePlans[kind];
      expect(plans, kind).toContainEqual(
        expect.objectContaining({
          throttleSettings: { rateLimit: ratePerSecond, burstLimit: burst },
          apiStages: [expect.objectContaining({ stage: "v1" })],
          ...(quota ? { quotaSettings: quota } : {}),
        }),
      );
    }
    expect(of("apigateway/usagePlanKey:UsagePlanKey")).toHaveLength(callerKinds.length);
    const told = (Object.keys(functions) as string[]).filter((name) => {
      const { variables } = named(name).inputs.environment as { variables: unknown };
      return "SAMLA_USAGE_KEYS" in (stack.unwrap(variables) as object);
    });
    expect(told).toEqual(["authorizer"]);
  });

  it("puts a new body of the API on its stage", () => {
    const [api] = of("apigateway/restApi:RestApi");
    const [deployment] = of<{ triggers: { body: string } }>("apigateway/deployment:Deployment");
    expect(deployment?.inputs.triggers.body).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(JSON.parse(String(api?.inputs.body)).paths as object).length).toBeGreaterThan(5);
  });

  it("lets everybody into the live timeline by ticket, throttled and without the ticket in its log", () => {
    const [socketStage] = of<{ defaultRouteSettings: Inputs; accessLogSettings: { format: string } }>(
      "apigatewayv2/stage:Stage",
    );
    expect(socketStage?.inputs.defaultRouteSettings.throttlingRateLimit).toBeGreaterThan(0);
    expect(socketStage?.inputs.accessLogSettings.format).not.toMatch(/querystring|\$context\.path/i);
    expect(
      of("apigatewayv2/route:Route")
        .map((one) => one.inputs.routeKey)
        .sort(),
    ).toEqual(Object.keys(socketRoutes).sort());
  });

  it("lets the live tail read connections and agents' logs, post to connections, and nothing else", () => {
    const own = stack
      .roles()
      .filter(({ role }) => role.name === "TailLogsFunctionRole")
      .flatMap(({ statements }) => statements)
      .filter(({ Action }) => !list(Action).every((action) => /^(logs:(Create|Put)|xray:|kms:)/.test(action)));
    expect(own.flatMap(({ Action }) => list(Action)).sort()).toEqual([
      "dynamodb:GetItem",
      "dynamodb:UpdateItem",
      "execute-api:ManageConnections",
      "logs:FilterLogEvents",
    ]);
    const rows = own.find(({ Action }) => list(Action).includes("dynamodb:GetItem"));
    expect(rows?.Condition).toEqual({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["CONNECTIONS"] } });
    const logs = own.find(({ Action }) => list(Action).includes("logs:FilterLogEvents"));
    expect(list(logs?.Resource).join()).toMatch(/log-group:\/samla\/[\w-]+\/agents\/\*$/);
  });

  it("signs people in by code flow only, with groups for every role", () => {
    const [pool] = of("cognito/userPool:UserPool");
    expect(pool?.inputs).toMatchObject({
      userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      deletionProtection: production ? "ACTIVE" : "INACTIVE",
    });
    const clients = of("cognito/userPoolClient:UserPoolClient");
    for (const client of clients.filter(({ name }) => name !== "SyncClient"))
      expect(client.inputs, client.name).toMatchObject({
        allowedOauthFlows: ["code"],
        explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
      });
    expect(of("cognito/userGroup:UserGroup")).toHaveLength(4);
  });

  it("lets the machine account of sync in by client credentials alone, as an editor, with a secret that only its task reads", () => {
    const [server] = of("cognito/resourceServer:ResourceServer");
    const scopes = (server?.inputs.scopes ?? []) as { scopeName: string }[];
    expect(scopes.map(({ scopeName }) => scopeName)).toEqual([...roles]);
    const machines = of("cognito/userPoolClient:UserPoolClient").filter(({ inputs }) =>
      list(inputs.allowedOauthFlows).includes("client_credentials"),
    );
    expect(machines.map(({ name }) => name)).toEqual(["SyncClient"]);
    expect(machines[0]?.inputs).toMatchObject({
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: [`${server?.inputs.identifier}/editor`],
      explicitAuthFlows: [],
      generateSecret: true,
      accessTokenValidity: 15,
    });
    expect(of("secretsmanager/secret:Secret")[0]?.inputs).toMatchObject({ name: `samla/${stage}/agents/sync` });
    const readers = stack
      .roles()
      .filter(({ statements }) =>
        statements.some((one) => list(one.Action).some((action) => action.startsWith("secretsmanager:"))),
      )
      .map(({ role }) => role.inputs.name);
    expect(readers).toEqual([`samla-${stage}-agent-execution`]);
  });

  it("keeps agents in private subnets behind a balancer of the inside", () => {
    const [balancer] = of<{ internal: boolean; subnets: string[] } & Inputs>("lb/loadBalancer:LoadBalancer");
    expect(balancer?.inputs).toMatchObject({ internal: true, enableDeletionProtection: production });
    for (const subnet of balancer?.inputs.subnets ?? []) expect(subnet).toMatch(/Private/);
    const world = of<{ ingress?: { cidrBlocks?: string[] }[] }>("ec2/securityGroup:SecurityGroup").flatMap((one) =>
      list(one.inputs.ingress).flatMap((rule) => list(rule.cidrBlocks)),
    );
    expect(world).not.toContain("0.0.0.0/0");
    const [settings] = of("ssm/parameter:Parameter");
    const parameters = JSON.parse(String(stack.unwrap(settings?.inputs.value))) as { SubnetIds: string[] };
    for (const subnet of parameters.SubnetIds) expect(subnet).toMatch(/Private/);
  });

  it("scans images, keeps their tags, encrypts them and lets old ones go", () => {
    for (const one of of("ecr/repository:Repository")) {
      expect(one.inputs, one.name).toMatchObject({
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: expect.stringContaining(":key/") }],
        forceDelete: !production,
      });
      expect(of("ecr/lifecyclePolicy:LifecyclePolicy").map((each) => each.inputs.repository)).toContain(
        one.inputs.name,
      );
    }
  });

  it("backs up catalog and documents, and alarms on dead letters of every queue and errors of every function", () => {
    const [selection] = of<{ resources: string[] }>("backup/selection:Selection");
    expect(selection?.inputs.resources.join()).toMatch(/table\/[\w-]*Catalog.*documentsbucket/);
    const alarms = of("cloudwatch/metricAlarm:MetricAlarm");
    for (const one of alarms) expect(list(one.inputs.alarmActions as string[]), one.name).toHaveLength(1);
    const names = alarms.map((one) => String(one.inputs.name));
    for (const part of [
      ...Object.keys(queues).map((name) => `${name}DeadLetters`),
      ...Object.keys(functions).map((name) => `${name}Errors`),
    ])
      expect(names.map((name) => name.toLowerCase())).toContain(
        `samla-${stage}-${part.replaceAll("-", "")}`.toLowerCase(),
      );
  });

  it("answers through CloudFront over TLS with security headers and a firewall", () => {
    const [distribution] = of<{ defaultCacheBehavior: Inputs; webAclId: string }>(
      "cloudfront/distribution:Distribution",
    );
    expect(distribution?.inputs.defaultCacheBehavior).toMatchObject({
      viewerProtocolPolicy: "redirect-to-https",
      responseHeadersPolicyId: expect.any(String),
    });
    expect(distribution?.inputs.webAclId).toBeTruthy();
  });

  it("streams the console's answers, and waits as long as they may take", () => {
    const server = lambdas().find((one) => /^WebServer/.test(one.name));
    expect(Number(server?.inputs.timeout) * 1000).toBe(agentPassage.streamTimeoutMs);
    const url = of("lambda/functionUrl:FunctionUrl").find((one) => /^WebServer/.test(one.name));
    expect(url?.inputs.invokeMode).toBe("RESPONSE_STREAM");
    const routes = stack.resources.filter((one) => JSON.stringify(one.inputs).includes("readTimeout"));
    expect(JSON.stringify(routes)).toMatch(/readTimeout\W+60\b/);
    const bff = readFileSync(join(root, "web/bff/console-routes.ts"), "utf8");
    const givesUpMs = Number(/const timeoutMs = ([\d_]+)/.exec(bff)?.[1]?.replaceAll("_", ""));
    expect(givesUpMs).toBeLessThan(60_000);
    const proposing = readFileSync(join(root, "packages/core/agents/propose-release.ts"), "utf8");
    const waits = [...proposing.matchAll(/const (?:changeSet|removal)Ms = ([\d_]+)/g)].map(([, ms = ""]) =>
      Number(ms.replaceAll("_", "")),
    );
    expect(waits).toHaveLength(2);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(givesUpMs);
  });

  it("protects production, and the production stage alone", () => {
    expect(stack.app).toMatchObject({ protect: production, removal: production ? "retain" : "remove" });
  });

  it("keeps its inventory", () => {
    const varying =
      /^aws:(lambda|sqs|cloudwatch|iam\/role|ecr|s3\/bucketObjectv2|scheduler|apigateway\/methodSettings)/;
    const count: Record<string, number> = {};
    for (const { type } of stack.resources)
      if (!/^(sst|pulumi):/.test(type) && !varying.test(type)) count[type] = (count[type] ?? 0) + 1;
    expect(Object.fromEntries(Object.entries(count).sort())).toMatchSnapshot();
  });
});
