import { CreateRepositoryCommand, ECRClient, PutLifecyclePolicyCommand } from "@aws-sdk/client-ecr";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  CreatePrivateDnsNamespaceCommand,
  ListNamespacesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { policyOf } from "../../packages/core/images/index.ts";
import type { Settings } from "./settings.ts";
import { agentNames } from "./stand-in.ts";

export type LaptopAgents = {
  /** Values of the agents' template that are the same for all agents. */
  parameters: Record<string, string>;
  /** ARNs of secrets by agent, where one has credentials of its own. */
  secretArns: Record<string, string>;
};

/** Ids as AWS forms them: the stand-in has no networks of its own. */
const network = {
  vpc: "vpc-0123456789abcdef0",
  subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  securityGroup: "sg-0123456789abcdef0",
};
const namespaceName = "samla.laptop";
const failureOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/**
 * Makes what agents' stacks stand on, as infra/agents.ts does on AWS: cluster, namespace, internal balancer with listener,
 * repositories, secrets. What is there already stays.
 */
export const ensureAgentPlatform = async (settings: Settings): Promise<LaptopAgents> => {
  const { region, accountId, credentials, awsUrl } = settings;
  const client = { endpoint: awsUrl, region, credentials };
  const { vpc, subnets, securityGroup } = network;
  await new ECSClient(client).send(
    new CreateClusterCommand({
      clusterName: settings.agentsCluster,
      settings: [{ name: "containerInsights", value: "enabled" }],
    }),
  );
  const [namespaceId, balancer, secretArns] = await Promise.all([
    ensureNamespace(new ServiceDiscoveryClient(client)),
    ensureBalancer(new ElasticLoadBalancingV2Client(client), settings.agentsBalancer),
    ensureSecrets(new SecretsManagerClient(client), settings),
    ...agentNames().map((name) => ensureRepository(new ECRClient(client), `samla/${settings.stage}/${name}`)),
  ]);
  const roleArn = (name: string): string => `arn:aws:iam::${accountId}:role/samla-${settings.stage}-${name}`;
  return {
    secretArns,
    parameters: {
      RepositoryPrefix: `${accountId}.dkr.ecr.${region}.amazonaws.com/samla/${settings.stage}`,
      ClusterName: settings.agentsCluster,
      VpcId: vpc,
      SubnetIds: subnets.join(","),
      SecurityGroupId: securityGroup,
      NamespaceId: namespaceId,
      ListenerArn: balancer.listenerArn,
      BalancerName: balancer.name,
      ExecutionRoleArn: roleArn("agent-execution"),
      TaskRoleArn: roleArn("agent-task"),
    },
  };
};

const ensureNamespace = async (client: ServiceDiscoveryClient): Promise<string> => {
  const find = async (): Promise<string | undefined> => {
    const { Namespaces = [] } = await client.send(new ListNamespacesCommand({}));
    return Namespaces.find(({ Name }) => Name === namespaceName)?.Id;
  };
  const known = await find();
  if (known) return known;
  await client.send(
    new CreatePrivateDnsNamespaceCommand({ Name: namespaceName, Vpc: network.vpc, CreatorRequestId: namespaceName }),
  );
  for (let left = 100; left > 0; left -= 1) {
    const id = await find();
    if (id) return id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The namespace ${namespaceName} of the agents did not come up.`);
};

const ensureBalancer = async (
  client: ElasticLoadBalancingV2Client,
  name: string,
): Promise<{ name: string; listenerArn: string }> => {
  const known = await client.send(new DescribeLoadBalancersCommand({ Names: [name] })).catch((error: unknown) => {
    if (failureOf(error).startsWith("LoadBalancerNotFound")) return { LoadBalancers: [] };
    throw error;
  });
  const { LoadBalancers = [] } = known.LoadBalancers?.length
    ? known
    : await client.send(
        new CreateLoadBalancerCommand({
          Name: name,
          Scheme: "internal",
          Type: "application",
          Subnets: network.subnets,
          SecurityGroups: [network.securityGroup],
        }),
      );
  const arn = LoadBalancers[0]?.LoadBalancerArn ?? "";
  const { Listeners: listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: arn }));
  const { Listeners = [] } = listeners.length
    ? { Listeners: listeners }
    : await client.send(
        new CreateListenerCommand({
          LoadBalancerArn: arn,
          Port: 80,
          Protocol: "HTTP",
          DefaultActions: [
            {
              Type: "fixed-response",
              FixedResponseConfig: {
                StatusCode: "404",
                ContentType: "application/json",
                MessageBody: '{"code":"not_found","status":404}',
              },
            },
          ],
        }),
      );
  return { name: arn.slice(arn.indexOf("app/")), listenerArn: Listeners[0]?.ListenerArn ?? "" };
};

/** With the settings of infra/agents.ts. */
const ensureRepository = async (client: ECRClient, repositoryName: string): Promise<void> => {
  try {
    await client.send(
      new CreateRepositoryCommand({
        repositoryName,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
  } catch (error) {
    // Rules that people changed since stay theirs.
    if (failureOf(error) === "RepositoryAlreadyExistsException") return;
    throw error;
  }
  const lifecyclePolicyText = policyOf([
    {
      description: "images without a tag go after a week",
      tagStatus: "untagged",
      tagPatterns: [],
      countType: "sinceImagePushed",
      countNumber: 7,
    },
    {
      description: "the newest 100 stay",
      tagStatus: "any",
      tagPatterns: [],
      countType: "imageCountMoreThan",
      countNumber: 100,
    },
  ]);
  if (lifecyclePolicyText !== undefined)
    await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
};

/** The account of `sync`, which acts for itself; the others act with the rights of whoever asks. */
const ensureSecrets = async (client: SecretsManagerClient, settings: Settings): Promise<Record<string, string>> => {
  const name = `samla/${settings.stage}/agents/sync`;
  const SecretString = JSON.stringify({
    clientId: settings.syncClientId,
    clientSecret: settings.syncClientSecret,
    issuerUrl: settings.issuerUrl,
  });
  const known = await client.send(new DescribeSecretCommand({ SecretId: name })).catch((error: unknown) => {
    if (failureOf(error) === "ResourceNotFoundException") return undefined;
    throw error;
  });
  // Addresses change with the ports that were chosen.
  if (known) await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
  const { ARN = "" } = known ?? (await client.send(new CreateSecretCommand({ Name: name, SecretString })));
  return { sync: ARN };
};
