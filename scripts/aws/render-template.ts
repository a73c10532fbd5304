import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { account, region } from "../../infra/testing/mocks.ts";
import { list, readStack, type Stack } from "../../infra/testing/stack.ts";
import { type Template, validateTemplate } from "../../infra/testing/validate-template.ts";

type Json = Record<string, unknown>;
const ref = (name: string): Json => ({ Ref: name });
const att = (name: string, attribute: string): Json => ({ "Fn::GetAtt": [name, attribute] });
const sub = (text: string): Json => ({ "Fn::Sub": text });
const zones = [0, 1] as const;

/** What the SST program says of one account, region and stage, as CloudFormation says it of any. */
const general = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(general);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, general(inner)]));
  if (typeof value !== "string") return value;
  if (/:key\//.test(value)) return att("Key", "Arn");
  if (/:listener\/[^/]*$/.test(value)) return ref("Listener");
  if (/^arn:aws:iam::\d+:role\/[\w-]*agent-execution$/.test(value)) return att("AgentExecutionRole", "Arn");
  if (/^arn:aws:iam::\d+:role\/[\w-]*agent-task$/.test(value)) return att("AgentTaskRole", "Arn");
  const text = value
    .replaceAll("arn:aws:", `arn:$\{AWS::Partition}:`)
    .replaceAll(account, `$\{AWS::AccountId}`)
    .replaceAll(region, `$\{AWS::Region}`)
    .replaceAll("samla/production", `samla/$\{Stage}`)
    .replaceAll("samla-production", `samla-$\{Stage}`)
    .replaceAll("/samla/production/", `/samla/$\{Stage}/`);
  return text === value ? value : sub(text);
};

/** A role with the very statements of the SST program. */
const roleFrom = (stack: Stack, name: string): Json => {
  const found = stack.roles().find((one) => one.role.name === name);
  if (!found) throw new Error(`the program has no role ${name}`);
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: found.trust },
      Policies: [
        { PolicyName: "own", PolicyDocument: { Version: "2012-10-17", Statement: found.statements.map(general) } },
      ],
    },
  };
};

const subnet = (kind: "Public" | "Private", zone: number): Json => ({
  Type: "AWS::EC2::Subnet",
  Properties: {
    VpcId: ref("Network"),
    CidrBlock: {
      "Fn::Select": [zone + (kind === "Public" ? 0 : 2), { "Fn::Cidr": [att("Network", "CidrBlock"), 4, 12] }],
    },
    AvailabilityZone: { "Fn::Select": [zone, { "Fn::GetAZs": "" }] },
    MapPublicIpOnLaunch: false,
    Tags: [{ Key: "Name", Value: sub(`samla-$\{Stage}-${kind.toLowerCase()}-${zone}`) }],
  },
});

const network = (): Record<string, Json> => ({
  Network: {
    Type: "AWS::EC2::VPC",
    Properties: { CidrBlock: ref("NetworkCidr"), EnableDnsHostnames: true, EnableDnsSupport: true },
  },
  Internet: { Type: "AWS::EC2::InternetGateway" },
  NetworkToInternet: {
    Type: "AWS::EC2::VPCGatewayAttachment",
    Properties: { VpcId: ref("Network"), InternetGatewayId: ref("Internet") },
  },
  PublicRoutes: { Type: "AWS::EC2::RouteTable", Properties: { VpcId: ref("Network") } },
  PublicDefault: {
    Type: "AWS::EC2::Route",
    DependsOn: "NetworkToInternet",
    Properties: { RouteTableId: ref("PublicRoutes"), DestinationCidrBlock: "0.0.0.0/0", GatewayId: ref("Internet") },
  },
  ...Object.fromEntries(
    zones.flatMap((zone) => [
      [`PublicSubnet${zone}`, subnet("Public", zone)],
      [`PrivateSubnet${zone}`, subnet("Private", zone)],
      [
        `PublicRoutesOf${zone}`,
        {
          Type: "AWS::EC2::SubnetRouteTableAssociation",
          Properties: { RouteTableId: ref("PublicRoutes"), SubnetId: ref(`PublicSubnet${zone}`) },
        },
      ],
      [`NatAddress${zone}`, { Type: "AWS::EC2::EIP", DependsOn: "NetworkToInternet", Properties: { Domain: "vpc" } }],
      [
        `Nat${zone}`,
        {
          Type: "AWS::EC2::NatGateway",
          Properties: { AllocationId: att(`NatAddress${zone}`, "AllocationId"), SubnetId: ref(`PublicSubnet${zone}`) },
        },
      ],
      [`PrivateRoutes${zone}`, { Type: "AWS::EC2::RouteTable", Properties: { VpcId: ref("Network") } }],
      [
        `PrivateDefault${zone}`,
        {
          Type: "AWS::EC2::Route",
          Properties: {
            RouteTableId: ref(`PrivateRoutes${zone}`),
            DestinationCidrBlock: "0.0.0.0/0",
            NatGatewayId: ref(`Nat${zone}`),
          },
        },
      ],
      [
        `PrivateRoutesOf${zone}`,
        {
          Type: "AWS::EC2::SubnetRouteTableAssociation",
          Properties: { RouteTableId: ref(`PrivateRoutes${zone}`), SubnetId: ref(`PrivateSubnet${zone}`) },
        },
      ],
    ]),
  ),
  ...Object.fromEntries(
    ["s3", "dynamodb"].map((service) => [
      `${service === "s3" ? "ObjectStore" : "Table"}Endpoint`,
      {
        Type: "AWS::EC2::VPCEndpoint",
        Properties: {
          VpcId: ref("Network"),
          VpcEndpointType: "Gateway",
          ServiceName: sub(`com.amazonaws.$\{AWS::Region}.${service}`),
          RouteTableIds: zones.map((zone) => ref(`PrivateRoutes${zone}`)),
        },
      },
    ]),
  ),
  BalancerAccess: {
    Type: "AWS::EC2::SecurityGroup",
    Properties: {
      GroupDescription: "HTTP from inside the network to the balancer of agents",
      VpcId: ref("Network"),
      SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIp: att("Network", "CidrBlock") }],
      SecurityGroupEgress: [{ IpProtocol: "tcp", FromPort: 1024, ToPort: 65_535, CidrIp: att("Network", "CidrBlock") }],
    },
  },
  AgentAccess: {
    Type: "AWS::EC2::SecurityGroup",
    Properties: {
      GroupDescription: "The balancer to agents; agents to the outside by HTTPS",
      VpcId: ref("Network"),
      SecurityGroupIngress: [
        { IpProtocol: "tcp", FromPort: 1024, ToPort: 65_535, SourceSecurityGroupId: att("BalancerAccess", "GroupId") },
      ],
      SecurityGroupEgress: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIp: "0.0.0.0/0" }],
    },
  },
});

const privateSubnets = zones.map((zone) => ref(`PrivateSubnet${zone}`));

const platform = (stack: Stack): Record<string, Json> => ({
  Key: {
    Type: "AWS::KMS::Key",
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      Description: sub(`SAMLA $\{Stage}: images of agents`),
      EnableKeyRotation: true,
      KeyPolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: sub(`arn:$\{AWS::Partition}:iam::$\{AWS::AccountId}:root`) },
            Action: "kms:*",
            Resource: "*",
          },
        ],
      },
    },
  },
  Cluster: {
    Type: "AWS::ECS::Cluster",
    Properties: {
      ClusterName: sub(`samla-$\{Stage}-agents`),
      ClusterSettings: [{ Name: "containerInsights", Value: "enhanced" }],
    },
  },
  Namespace: {
    Type: "AWS::ServiceDiscovery::PrivateDnsNamespace",
    Properties: { Name: sub(`$\{Stage}.samla.internal`), Vpc: ref("Network") },
  },
  Balancer: {
    Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    Properties: {
      Type: "application",
      Scheme: "internal",
      Subnets: privateSubnets,
      SecurityGroups: [att("BalancerAccess", "GroupId")],
      LoadBalancerAttributes: [
        { Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" },
        { Key: "deletion_protection.enabled", Value: "true" },
      ],
    },
  },
  Listener: {
    Type: "AWS::ElasticLoadBalancingV2::Listener",
    Properties: {
      LoadBalancerArn: ref("Balancer"),
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [
        {
          Type: "fixed-response",
          FixedResponseConfig: {
            StatusCode: "404",
            ContentType: "application/json",
            MessageBody: '{"code":"not_found"}',
          },
        },
      ],
    },
  },
  ...Object.fromEntries(
    stack.of<Json>("ecr/repository:Repository").map((one) => [
      `${one.name.replace(/\W/g, "")}`,
      {
        Type: "AWS::ECR::Repository",
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
        Properties: {
          RepositoryName: general(one.inputs.name),
          ImageTagMutability: one.inputs.imageTagMutability,
          ImageScanningConfiguration: { ScanOnPush: true },
          EncryptionConfiguration: { EncryptionType: "KMS", KmsKey: att("Key", "Arn") },
          LifecyclePolicy: {
            LifecyclePolicyText: list(
              stack.of<{ policy: string; repository: string }>("ecr/lifecyclePolicy:LifecyclePolicy"),
            ).find((each) => each.inputs.repository === one.inputs.name)?.inputs.policy,
          },
        },
      },
    ]),
  ),
  AgentExecutionRole: roleFrom(stack, "AgentExecutionRole"),
  AgentTaskRole: roleFrom(stack, "AgentTaskRole"),
  AgentStackRole: roleFrom(stack, "AgentStackRole"),
});

/**
 * The agents' platform alone (network, cluster, repositories, roles, balancer) as one CloudFormation template, for
 * those who may deploy nothing else. Its outputs are the parameters of `agents/agent.template.yaml`.
 */
export const renderPlatform = (stack: Stack): Template => ({
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "Platform for agents of SAMLA: network, cluster, repositories, roles, balancer. Rendered; do not edit.",
  Parameters: {
    Stage: { Type: "String", Default: "production", AllowedPattern: "^[a-zA-Z0-9-]{1,20}$" },
    NetworkCidr: { Type: "String", Default: "10.20.0.0/16", AllowedPattern: "^(\\d{1,3}\\.){3}\\d{1,3}/16$" },
  },
  Resources: { ...network(), ...platform(stack) } as Template["Resources"],
  Outputs: Object.fromEntries(
    Object.entries({
      ClusterName: ref("Cluster"),
      VpcId: ref("Network"),
      SubnetIds: { "Fn::Join": [",", privateSubnets] },
      SecurityGroupId: att("AgentAccess", "GroupId"),
      NamespaceId: ref("Namespace"),
      ListenerArn: ref("Listener"),
      BalancerName: att("Balancer", "LoadBalancerFullName"),
      ExecutionRoleArn: att("AgentExecutionRole", "Arn"),
      TaskRoleArn: att("AgentTaskRole", "Arn"),
      StackRoleArn: att("AgentStackRole", "Arn"),
      RepositoryPrefix: sub(`$\{AWS::AccountId}.dkr.ecr.$\{AWS::Region}.amazonaws.com/samla/$\{Stage}`),
    }).map(([name, value]) => [name, { Value: value }]),
  ),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { setup } = await import("../../infra/testing/global-setup.ts");
  await setup();
  const template = renderPlatform(readStack("production"));
  const problems = validateTemplate(template);
  for (const problem of problems) console.error(problem);
  if (problems.length) process.exit(1);
  const file = resolve(process.argv[2] ?? ".samla/cloudformation/agents-platform.template.json");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(template, null, 2)}\n`);
  console.log(`${file}: ${Object.keys(template.Resources).length} resources; the validator of AWS found nothing`);
}
