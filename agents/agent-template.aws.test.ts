import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStack } from "../infra/testing/stack.ts";
import { root } from "../infra/testing/unpack-platform.ts";
import {
  brokenRules,
  missingParameters,
  parseTemplate,
  type Template,
  validateTemplate,
  withParameters,
} from "../infra/testing/validate-template.ts";

const template = parseTemplate(readFileSync(join(root, "agents/agent.template.yaml"), "utf8"));
const good = {
  AgentName: "answer",
  Stage: "production",
  ReleaseId: "rel_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  ImageDigest: `sha256:${"a".repeat(64)}`,
  RepositoryPrefix: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/samla/production",
  ClusterName: "samla-production-agents",
  VpcId: "vpc-0123456789abcdef0",
  SubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  SecurityGroupId: "sg-0123456789abcdef0",
  NamespaceId: "ns-abcdefghijklmnop",
  ListenerArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/agents/1/2",
  BalancerName: "app/agents/1",
  ExecutionRoleArn: "arn:aws:iam::123456789012:role/samla-production-agent-execution",
  TaskRoleArn: "arn:aws:iam::123456789012:role/samla-production-agent-task",
  ApiUrl: "https://abc.execute-api.eu-central-1.amazonaws.com/v1",
  RulePriority: 100,
};
const change = (path: string[], value: unknown): Template => {
  const copy = structuredClone(template);
  let at = copy as Record<string, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
  at[path.at(-1) ?? ""] = value;
  return copy;
};

describe("the template of an agent's stack", () => {
  it("is sound, with its defaults and with every size a task may have", () => {
    expect(validateTemplate(template)).toEqual([]);
    for (const [Cpu, Memory] of [
      ["256", "512"],
      ["512", "4096"],
      ["1024", "8192"],
      ["2048", "4096"],
      ["4096", "16384"],
    ] as const) {
      expect(validateTemplate(withParameters(template, { ...good, Cpu, Memory })), `${Cpu} ${Memory}`).toEqual([]);
      expect(brokenRules(template, { ...good, Cpu, Memory })).toEqual([]);
    }
  });

  it.each<[string, Record<string, string | number | string[]>]>([
    ["a tag for a digest", { ImageDigest: "latest" }],
    ["a name that is a path", { AgentName: "../answer" }],
    ["a processor share that Fargate lacks", { Cpu: "300" }],
    ["a release without its id", { ReleaseId: "v1" }],
    ["no tasks at most", { MaxTasks: 0 }],
    ["a privileged port", { Port: 80 }],
    ["more tasks than it may have", { StartTasks: 101 }],
    ["memory that does not go with the processor", { Cpu: "4096", Memory: "1024" }],
  ])("refuses %s", (_, values) => {
    expect(validateTemplate(withParameters(template, { ...good, ...values }))).not.toEqual([]);
  });

  it("names what is missing and what AWS would refuse minutes later", () => {
    const { ImageDigest: _, ...rest } = good;
    expect(missingParameters(template, rest)).toEqual(["ImageDigest"]);
    expect(missingParameters(template, good)).toEqual([]);
    expect(brokenRules(template, { ...good, Cpu: "256", Memory: "4096" })).toHaveLength(1);
  });

  it.each<[string, Template]>([
    ["an unknown property", change(["Resources", "Service", "Properties", "DesiredTasks"], 1)],
    ["a reference to nothing", change(["Resources", "Service", "Properties", "Cluster"], { Ref: "Klaster" })],
    ["a wrong word", change(["Resources", "Service", "Properties", "LaunchType"], "FARGAT")],
    [
      "an attribute that does not exist",
      change(["Outputs", "ServiceName", "Value"], { "Fn::GetAtt": ["Service", "Nam"] }),
    ],
    ["a type that does not exist", change(["Resources", "Service", "Type"], "AWS::ECS::Servise")],
    ["a retention that CloudWatch lacks", change(["Resources", "Logs", "Properties", "RetentionInDays"], 401)],
  ])("is caught by the validator with %s", (_, broken) => {
    expect(validateTemplate(broken)).not.toEqual([]);
  });

  it("takes back a release that does not become healthy or that answers with faults", () => {
    expect(template.Resources.Service?.Properties.DeploymentConfiguration).toMatchObject({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      Alarms: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
    });
  });

  it("changes nothing that tasks of two releases share, so that old ones stay healthy until new ones have taken over", () => {
    const ofRelease = [
      "ReleaseId",
      "ImageDigest",
      "Settings",
      "Port",
      "HealthPath",
      "Cpu",
      "Memory",
      "MinTasks",
      "MaxTasks",
    ];
    for (const name of ["Targets", "WayIn", "Discovery"])
      for (const parameter of ofRelease) {
        const text = JSON.stringify(template.Resources[name]);
        expect(text, `${name} ${parameter}`).not.toMatch(new RegExp(`"Ref":"${parameter}"|\\$\\{${parameter}\\}`));
      }
    const [container] = (template.Resources.Task?.Properties.ContainerDefinitions ?? []) as Record<string, unknown>[];
    expect(JSON.stringify(container?.HealthCheck)).toMatch(/\$\{Port\}\$\{HealthPath\}/);
  });

  it("leaves the number of tasks to scaling, unless a release sets it", () => {
    expect(template.Resources.Service?.Properties.DesiredCount).toEqual({
      "Fn::If": ["SetsTasks", { Ref: "StartTasks" }, { Ref: "AWS::NoValue" }],
    });
    expect(template.Parameters.StartTasks).toMatchObject({ Default: -1 });
    expect(validateTemplate(withParameters(template, { ...good, StartTasks: 3 }))).toEqual([]);
  });

  it("runs the image by its digest, without root, on a root that cannot be written, without a public address", () => {
    const [container] = (template.Resources.Task?.Properties.ContainerDefinitions ?? []) as Record<string, unknown>[];
    expect(JSON.stringify(container?.Image)).toMatch(/@\$\{ImageDigest\}"\}$/);
    expect(container).toMatchObject({
      User: "1000:1000",
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ["ALL"] } },
    });
    expect(JSON.stringify(template.Resources.Service)).toContain('"AssignPublicIp":"DISABLED"');
  });

  it("keeps logs 400 days, whatever happens to the stack", () => {
    expect(template.Resources.Logs).toMatchObject({ DeletionPolicy: "Retain", Properties: { RetentionInDays: 400 } });
  });

  it("asks for exactly what a deployed stage offers, besides what belongs to one release", () => {
    const stack = readStack("production");
    const [parameter] = stack.of("ssm/parameter:Parameter");
    const offered = Object.keys(JSON.parse(String(stack.unwrap(parameter?.inputs.value))) as object);
    const ofRelease = [
      "AgentName",
      "Stage",
      "ReleaseId",
      "ImageDigest",
      "Settings",
      "Port",
      "HealthPath",
      "CredentialsArn",
      "RulePriority",
      "Cpu",
      "Memory",
      "MinTasks",
      "MaxTasks",
      "CpuTarget",
      "StartTasks",
      "ApiUrl",
    ];
    expect(offered.filter((name) => name !== "StackRoleArn").sort()).toEqual(
      Object.keys(template.Parameters)
        .filter((name) => !ofRelease.includes(name))
        .sort(),
    );
  });
});
