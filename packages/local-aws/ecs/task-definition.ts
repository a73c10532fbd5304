import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json-protocol.ts";
import { allowOnly, asObject, readList, readOptionalText, readTags, readText } from "./input.ts";
import type { ContainerDefinition, DefinitionRecord, HealthCheck, NameValue, PortMapping } from "./records.ts";

const refuse = (message: string): never => {
  throw new AwsError("ClientException", message);
};

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/** Memory (MB) that Fargate takes with each size of CPU: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const fargateMemoryMb: Record<number, number[]> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16_384, 1024),
  4096: range(8192, 30_720, 1024),
  8192: range(16_384, 61_440, 4096),
  16384: range(32_768, 122_880, 8192),
};

const readSize = (text: string | undefined, unit: RegExp, unitSize: number): number | undefined => {
  if (text === undefined) return undefined;
  const number = unit.exec(text)?.[1];
  return number === undefined ? Number(text) : Number(number) * unitSize;
};

/** `512`, `0.5 vCPU`; `1024`, `1 GB`: as CPU units and MB. */
export const readTaskSize = (input: JsonObject): { cpuUnits: number; memoryMb: number } => {
  const cpu = readOptionalText(input, "cpu");
  const memory = readOptionalText(input, "memory");
  if (cpu === undefined || memory === undefined)
    return refuse("Fargate requires that 'cpu' and 'memory' be defined at the task level.");
  const cpuUnits = readSize(cpu, /^([\d.]+)\s*vcpu$/i, 1024) ?? 0;
  const memoryMb = readSize(memory, /^([\d.]+)\s*gb$/i, 1024) ?? 0;
  if (!fargateMemoryMb[cpuUnits]?.includes(memoryMb))
    return refuse(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  return { cpuUnits, memoryMb };
};

const readHealthCheck = (value: unknown): HealthCheck => {
  const input = asObject(value, "healthCheck");
  const command = readList(input, "command").map(String);
  if (!["CMD", "CMD-SHELL", "NONE"].includes(command[0] ?? "") || (command.length < 2 && command[0] !== "NONE"))
    return refuse("The health check command must begin with CMD or CMD-SHELL and name what to run.");
  const within = (name: string, from: number, to: number, otherwise: number): number => {
    const given = input[name] ?? otherwise;
    return typeof given === "number" && given >= from && given <= to
      ? given
      : refuse(`Health check ${name} must be from ${from} to ${to}.`);
  };
  return {
    command,
    interval: within("interval", 5, 300, 30),
    timeout: within("timeout", 2, 60, 5),
    retries: within("retries", 1, 10, 3),
    ...(input.startPeriod === undefined ? {} : { startPeriod: within("startPeriod", 0, 300, 0) }),
  };
};

const readPorts = (input: JsonObject): PortMapping[] =>
  readList(input, "portMappings").map((one) => {
    const port = asObject(one, "portMappings");
    if (typeof port.containerPort !== "number" || port.containerPort < 1 || port.containerPort > 65_535)
      return refuse("A port mapping needs a containerPort from 1 to 65535.");
    if (port.hostPort !== undefined && port.hostPort !== 0 && port.hostPort !== port.containerPort)
      return refuse("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
    if (port.protocol === "udp") throw createNotImplementedError("ECS", "port mappings with protocol udp");
    return { ...port, containerPort: port.containerPort, hostPort: port.containerPort, protocol: "tcp" };
  });

const containerMembers = [
  ..."name image essential cpu memory memoryReservation portMappings entryPoint command environment secrets".split(" "),
  ..."workingDirectory user stopTimeout startTimeout healthCheck logConfiguration readonlyRootFilesystem".split(" "),
  ..."linuxParameters mountPoints volumesFrom dockerLabels ulimits systemControls versionConsistency".split(" "),
];

const readContainer = (value: unknown, memoryMb: number): ContainerDefinition => {
  const input = asObject(value, "containerDefinitions");
  allowOnly(input, "containerDefinitions", containerMembers);
  const name = readText(input, "name");
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) return refuse(`Invalid container name: ${name}`);
  const memory = input.memory;
  if (memory !== undefined && (typeof memory !== "number" || memory > memoryMb))
    return refuse(`Container.memory ${String(memory)} is more than the task's ${memoryMb} MB.`);
  const stopTimeout = input.stopTimeout;
  if (stopTimeout !== undefined && (typeof stopTimeout !== "number" || stopTimeout < 0 || stopTimeout > 120))
    return refuse("stopTimeout must be from 0 to 120 seconds on Fargate.");
  const log = input.logConfiguration as ContainerDefinition["logConfiguration"];
  if (log && log.logDriver !== "awslogs") throw createNotImplementedError("ECS", `the log driver ${log.logDriver}`);
  if (log && !log.options?.["awslogs-group"]) return refuse("Log driver awslogs requires options: awslogs-group");
  return {
    ...input,
    name,
    image: readText(input, "image"),
    essential: input.essential !== false,
    cpu: typeof input.cpu === "number" ? input.cpu : 0,
    portMappings: readPorts(input),
    environment: readList(input, "environment") as NameValue[],
    mountPoints: readList(input, "mountPoints"),
    volumesFrom: readList(input, "volumesFrom"),
    systemControls: readList(input, "systemControls"),
    ...(input.healthCheck === undefined ? {} : { healthCheck: readHealthCheck(input.healthCheck) }),
  } as ContainerDefinition;
};

const definitionMembers = [
  ..."family containerDefinitions cpu memory networkMode requiresCompatibilities executionRoleArn taskRoleArn".split(
    " ",
  ),
  ..."volumes runtimePlatform ephemeralStorage tags placementConstraints".split(" "),
];

/**
 * A task definition as registered, checked as Fargate checks it.
 * @throws AwsError `ClientException` naming what does not fit; 501 for what is not held here
 */
export const readDefinition = (input: JsonObject): Omit<DefinitionRecord, "revision" | "registeredAt"> => {
  allowOnly(input, "RegisterTaskDefinition", definitionMembers);
  const family = readText(input, "family");
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) return refuse(`Invalid family: ${family}`);
  if (input.networkMode !== undefined && input.networkMode !== "awsvpc")
    return refuse("Fargate only supports network mode ‘awsvpc’.");
  for (const volume of readList(input, "volumes")) allowOnly(asObject(volume, "volumes"), "a volume", ["name"]);
  const size = readTaskSize(input);
  const containers = readList(input, "containerDefinitions").map((one) => readContainer(one, size.memoryMb));
  if (containers.length === 0) return refuse("Container list cannot be empty.");
  if (new Set(containers.map(({ name }) => name)).size < containers.length)
    return refuse("Container names must be unique within a task definition.");
  if (!containers.some(({ essential }) => essential))
    return refuse("Invalid setting for container. At least one container definition must be marked as essential.");
  const { containerDefinitions: _, family: __, tags, ...rest } = input;
  return {
    family,
    status: "ACTIVE",
    ...size,
    containers,
    rest: { ...rest, networkMode: "awsvpc" },
    tags: readTags(tags),
  };
};
