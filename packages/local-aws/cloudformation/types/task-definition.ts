import {
  type HandlerContext,
  ignoreNotFound,
  inventName,
  type Made,
  mergeTags,
  type ResourceHandler,
} from "../handler.ts";
import {
  boolean,
  integer,
  list,
  map,
  object,
  oneOf,
  tags,
  text,
  texts,
  toLowerNames,
  toPropertyNames,
} from "../shapes.ts";
import type { Json } from "../template.ts";

const nameValue = list(object({ Name: text, Value: text }));

const container = object(
  {
    Name: text,
    Image: text,
    Command: texts,
    Cpu: integer,
    DependsOn: list(object({ Condition: text, ContainerName: text })),
    DisableNetworking: boolean,
    DockerLabels: map(),
    EntryPoint: texts,
    Environment: nameValue,
    Essential: boolean,
    HealthCheck: object(
      { Command: texts, Interval: integer, Retries: integer, StartPeriod: integer, Timeout: integer },
      "Command",
    ),
    Hostname: text,
    Interactive: boolean,
    LinuxParameters: object({
      Capabilities: object({ Add: texts, Drop: texts }),
      InitProcessEnabled: boolean,
      SharedMemorySize: integer,
    }),
    LogConfiguration: object(
      { LogDriver: text, Options: map(), SecretOptions: list(object({ Name: text, ValueFrom: text })) },
      "LogDriver",
    ),
    Memory: integer,
    MemoryReservation: integer,
    MountPoints: list(object({ ContainerPath: text, ReadOnly: boolean, SourceVolume: text })),
    PortMappings: list(
      object({ AppProtocol: text, ContainerPort: integer, HostPort: integer, Name: text, Protocol: text }),
    ),
    Privileged: boolean,
    PseudoTerminal: boolean,
    ReadonlyRootFilesystem: boolean,
    RepositoryCredentials: object({ CredentialsParameter: text }),
    RestartPolicy: object({ Enabled: boolean, IgnoredExitCodes: list(integer), RestartAttemptPeriod: integer }),
    Secrets: list(object({ Name: text, ValueFrom: text }, "Name", "ValueFrom")),
    StartTimeout: integer,
    StopTimeout: integer,
    Ulimits: list(object({ HardLimit: integer, Name: text, SoftLimit: integer })),
    User: text,
    VersionConsistency: text,
    WorkingDirectory: text,
  },
  "Name",
  "Image",
);

const shape = object({
  ContainerDefinitions: list(container),
  Cpu: text,
  EnableFaultInjection: boolean,
  EphemeralStorage: object({ SizeInGiB: integer }),
  ExecutionRoleArn: text,
  Family: text,
  Memory: text,
  NetworkMode: oneOf("awsvpc", "bridge", "host", "none"),
  RequiresCompatibilities: list(oneOf("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")),
  RuntimePlatform: object({ CpuArchitecture: text, OperatingSystemFamily: text }),
  Tags: tags,
  TaskRoleArn: text,
  Volumes: list(object({ Name: text, Host: object({ SourcePath: text }) })),
});

const made = (arn: string): Made => ({ physicalId: arn, attributes: { TaskDefinitionArn: arn } });

const apiTags = (context: HandlerContext, properties: Json): { key: string; value: string }[] =>
  mergeTags(properties.Tags, context.tags).map(({ Key, Value }) => ({ key: Key, value: Value }));

/** `AWS::ECS::TaskDefinition`: each change is a new revision; the old one is deregistered. */
export const taskDefinition: ResourceHandler = {
  shape,
  createOnly: Object.keys(shape.members).filter((name) => name !== "Tags"),
  attributes: ["TaskDefinitionArn"],
  async create(context, properties) {
    const { Tags: _, ...rest } = properties;
    const input = toLowerNames(shape, { ...rest, Family: rest.Family ?? inventName(context, 255) }) as Json;
    const sent = apiTags(context, properties);
    // Repeated after a crash, this is one more revision that no one uses: harmless, as it has no name of its own.
    const output = await context.call("ecs", "RegisterTaskDefinition", {
      ...input,
      ...(sent.length && { tags: sent }),
    });
    const { taskDefinitionArn } = output.taskDefinition as { taskDefinitionArn: string };
    context.announce(taskDefinitionArn);
    return made(taskDefinitionArn);
  },
  async update(context, arn, properties) {
    await context.call("ecs", "TagResource", { resourceArn: arn, tags: apiTags(context, properties) });
    return made(arn);
  },
  async remove({ call }, arn) {
    const found = await ignoreNotFound(() => call("ecs", "DescribeTaskDefinition", { taskDefinition: arn }));
    if ((found?.taskDefinition as { status?: string } | undefined)?.status !== "ACTIVE") return;
    await call("ecs", "DeregisterTaskDefinition", { taskDefinition: arn });
  },
  async read({ call }, arn) {
    const found = await ignoreNotFound(() =>
      call("ecs", "DescribeTaskDefinition", { taskDefinition: arn, include: ["TAGS"] }),
    );
    const definition = found?.taskDefinition as Json | undefined;
    if (definition?.status !== "ACTIVE") return undefined;
    return toPropertyNames(shape, { ...definition, tags: found?.tags }) as Json;
  },
};
