import { existsSync, readdirSync } from "node:fs";
import { trustOf } from "./defaults.ts";
import { dataKey } from "./keys.ts";
import { agentAccess, balancerAccess, vpc } from "./network.ts";
import { accountId, nameOf, pascalCase, production, region, settings } from "./stage.ts";

/** Every folder of `agents/` with an `agent.json` is an agent. */
export const agentNames: string[] = existsSync(`${$cli.paths.root}/agents`)
  ? readdirSync(`${$cli.paths.root}/agents`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(`${$cli.paths.root}/agents/${entry.name}/agent.json`))
      .map((entry) => entry.name)
      .sort()
  : [];

export const cluster = new sst.aws.Cluster("Agents", {
  // The Vpc component itself would put tasks into public subnets, with public addresses.
  vpc: {
    id: vpc.id,
    securityGroups: [agentAccess.id],
    containerSubnets: vpc.privateSubnets,
    loadBalancerSubnets: vpc.privateSubnets,
    cloudmapNamespaceId: vpc.nodes.cloudmapNamespace.id,
    cloudmapNamespaceName: vpc.nodes.cloudmapNamespace.name,
  },
  transform: {
    cluster: {
      name: nameOf("agents"),
      settings: [{ name: "containerInsights", value: production ? "enhanced" : "enabled" }],
    },
  },
});

const repositoryPrefix = `${$app.name}/${$app.stage}`;
const lifecycle = JSON.stringify({
  rules: [
    {
      // An image that a rule selects is out of reach for those after it (docs/adr/0012).
      rulePriority: 1,
      description: "SAMLA: images that run, are pinned or can be rolled back to stay",
      selection: {
        tagStatus: "tagged",
        tagPatternList: ["keep-*"],
        countType: "imageCountMoreThan",
        countNumber: 100_000,
      },
      action: { type: "expire" },
    },
    {
      rulePriority: 10,
      description: "images without a tag go after a week",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: { type: "expire" },
    },
    {
      rulePriority: 20,
      description: "the newest 100 stay",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
      action: { type: "expire" },
    },
  ],
});

export const repositories = agentNames.map((name) => {
  const repository = new aws.ecr.Repository(`${pascalCase(name)}Repository`, {
    name: `${repositoryPrefix}/${name}`,
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: dataKey.arn }],
    forceDelete: !production,
  });
  new aws.ecr.LifecyclePolicy(`${pascalCase(name)}RepositoryLifecycle`, {
    repository: repository.name,
    policy: lifecycle,
  });
  return repository;
});

/** Replication is one setting of an account and region, so only one stage may hold it. Copies need a key of their own region. */
if (production && settings.replicaRegion) {
  const provider = new aws.Provider("Replica", { region: settings.replicaRegion as "eu-west-1" });
  const key = new aws.kms.Key(
    "ReplicaKey",
    { description: `SAMLA ${$app.stage}: copies of images`, enableKeyRotation: true, deletionWindowInDays: 30 },
    { provider },
  );
  const template = new aws.ecr.RepositoryCreationTemplate(
    "ReplicaSettings",
    {
      prefix: repositoryPrefix,
      appliedFors: ["REPLICATION"],
      description: "Copies are as careful as what they are copies of",
      imageTagMutability: "IMMUTABLE",
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
      lifecyclePolicy: lifecycle,
    },
    { provider },
  );
  new aws.ecr.ReplicationConfiguration(
    "Replication",
    {
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region: settings.replicaRegion, registryId: accountId }],
            repositoryFilters: [{ filter: `${repositoryPrefix}/`, filterType: "PREFIX_MATCH" }],
          },
        ],
      },
    },
    { dependsOn: [template] },
  );
}

/** One internal balancer for all agents; each stack adds its target group and its rule. */
export const balancer = new aws.lb.LoadBalancer("AgentsBalancer", {
  name: nameOf("agents").slice(0, 32),
  internal: true,
  loadBalancerType: "application",
  securityGroups: [balancerAccess.id],
  subnets: vpc.privateSubnets,
  dropInvalidHeaderFields: true,
  enableDeletionProtection: production,
  idleTimeout: 300,
});
const listener = new aws.lb.Listener("AgentsListener", {
  loadBalancerArn: balancer.arn,
  port: 80,
  protocol: "HTTP",
  defaultActions: [
    {
      type: "fixed-response",
      fixedResponse: {
        statusCode: "404",
        contentType: "application/problem+json",
        messageBody: '{"code":"not_found","status":404}',
      },
    },
  ],
});

const inline = (name: string, statements: object[]) => ({
  name,
  policy: $jsonStringify({ Version: "2012-10-17", Statement: statements }),
});
const logGroups = $interpolate`arn:aws:logs:${region}:${accountId}:log-group:/samla/${$app.stage}/agents/*`;

/** Starts tasks: fetches images of our repositories and writes to agents' log groups. */
const executionRole = new aws.iam.Role("AgentExecutionRole", {
  name: nameOf("agent-execution"),
  assumeRolePolicy: trustOf("ecs-tasks.amazonaws.com"),
  inlinePolicies: [
    inline("start", [
      { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
      {
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
        Resource: $interpolate`arn:aws:ecr:${region}:${accountId}:repository/${repositoryPrefix}/*`,
      },
      { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: logGroups },
      { Effect: "Allow", Action: ["kms:Decrypt"], Resource: dataKey.arn },
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: $interpolate`arn:aws:secretsmanager:${region}:${accountId}:secret:${$app.name}/${$app.stage}/agents/*`,
      },
    ]),
  ],
});

/** What an agent itself may do in AWS: ask a model. Everything of SAMLA it reaches through the API, as its caller. */
const taskRole = new aws.iam.Role("AgentTaskRole", {
  name: nameOf("agent-task"),
  assumeRolePolicy: trustOf("ecs-tasks.amazonaws.com"),
  inlinePolicies: [
    inline("models", [
      {
        Effect: "Allow",
        Action: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        Resource: $interpolate`arn:aws:bedrock:${region}::foundation-model/*`,
      },
    ]),
  ],
});

const own = `${$app.name}-${$app.stage}-*`;
const scoped = (service: string, rest: string) => $interpolate`arn:aws:${service}:${region}:${accountId}:${rest}`;

/** CloudFormation takes this role for an agent's stack, so the console needs none of these rights. */
const stackRole = new aws.iam.Role("AgentStackRole", {
  name: nameOf("agent-stacks"),
  assumeRolePolicy: trustOf("cloudformation.amazonaws.com"),
  inlinePolicies: [
    inline("services", [
      {
        Effect: "Allow",
        Action: [
          "ecs:CreateService",
          "ecs:UpdateService",
          "ecs:DeleteService",
          "ecs:DescribeServices",
          "ecs:TagResource",
        ],
        Resource: [scoped("ecs", `service/${own}/*`), scoped("ecs", `task-definition/${own}:*`)],
      },
      // ECS knows no narrower resource for these.
      {
        Effect: "Allow",
        Action: ["ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition"],
        Resource: "*",
      },
      {
        Effect: "Allow",
        Action: [
          "elasticloadbalancing:CreateTargetGroup",
          "elasticloadbalancing:ModifyTargetGroup",
          "elasticloadbalancing:ModifyTargetGroupAttributes",
          "elasticloadbalancing:DeleteTargetGroup",
          "elasticloadbalancing:AddTags",
        ],
        Resource: scoped("elasticloadbalancing", "targetgroup/*"),
      },
      {
        Effect: "Allow",
        Action: ["elasticloadbalancing:CreateRule"],
        Resource: [listener.arn],
      },
      {
        Effect: "Allow",
        Action: [
          "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:DeleteRule",
          "elasticloadbalancing:SetRulePriorities",
        ],
        Resource: scoped("elasticloadbalancing", "listener-rule/app/*"),
      },
      {
        Effect: "Allow",
        Action: [
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTargetHealth",
          "elasticloadbalancing:DescribeTags",
          "logs:DescribeLogGroups",
          "application-autoscaling:DescribeScalableTargets",
          "application-autoscaling:DescribeScalingPolicies",
          "cloudwatch:DescribeAlarms",
        ],
        Resource: "*",
      },
      {
        Effect: "Allow",
        Action: [
          "application-autoscaling:RegisterScalableTarget",
          "application-autoscaling:DeregisterScalableTarget",
          "application-autoscaling:PutScalingPolicy",
          "application-autoscaling:DeleteScalingPolicy",
          "application-autoscaling:TagResource",
        ],
        Resource: scoped("application-autoscaling", "scalable-target/*"),
      },
      {
        Effect: "Allow",
        Action: ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"],
        Resource: scoped("cloudwatch", `alarm:*${$app.name}-${$app.stage}*`),
      },
      {
        Effect: "Allow",
        Action: [
          "servicediscovery:CreateService",
          "servicediscovery:UpdateService",
          "servicediscovery:DeleteService",
          "servicediscovery:GetService",
          "servicediscovery:GetNamespace",
          "servicediscovery:TagResource",
        ],
        Resource: [scoped("servicediscovery", "namespace/*"), scoped("servicediscovery", "service/*")],
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"],
        Resource: logGroups,
      },
      {
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: [executionRole.arn, taskRole.arn],
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]),
  ],
});

/** What the console gives to an agent's stack; the names are the parameters of `agents/agent.template.yaml`. */
export const agentSettings = {
  ClusterName: cluster.nodes.cluster.name,
  VpcId: vpc.id,
  SubnetIds: vpc.privateSubnets,
  SecurityGroupId: agentAccess.id,
  NamespaceId: vpc.nodes.cloudmapNamespace.id,
  ListenerArn: listener.arn,
  BalancerName: balancer.arnSuffix,
  ExecutionRoleArn: executionRole.arn,
  TaskRoleArn: taskRole.arn,
  RepositoryPrefix: $interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com/${repositoryPrefix}`,
};
export const agentStackRoleArn = stackRole.arn;

/** The same for the console and the functions that watch agents, as `AgentPlatformSettings` of the contracts. */
export const agentPlatform = $jsonStringify({
  stage: $app.stage,
  names: agentNames,
  stackRoleArn: agentStackRoleArn,
  parameters: { ...agentSettings, SubnetIds: $resolve(vpc.privateSubnets).apply((ids) => ids.join(",")) },
});

/** Kept where deployments of agents, by people or by the console, find it. */
new aws.ssm.Parameter("AgentSettings", {
  name: `/${$app.name}/${$app.stage}/agents`,
  description: "Parameters of an agent's stack",
  type: "String",
  value: $jsonStringify({ ...agentSettings, StackRoleArn: agentStackRoleArn }),
});
