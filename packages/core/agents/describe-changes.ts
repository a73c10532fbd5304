import type { ChangeSummary, StackChange } from "@samla/contracts";
import type { ChangeSetState, RawStackChange } from "../kernel/index.ts";

/** The resources of the agents' template, as people call them. */
const names: Record<string, string> = {
  Logs: "Log",
  Task: "Task definition",
  Discovery: "Discovery name",
  Targets: "Balancer targets",
  WayIn: "Way in (balancer rule)",
  Service: "Service",
  Faults: "Alarm on faults",
  Scaling: "Scaling range",
  ByProcessor: "Scaling by processor",
};

const labels: Record<string, string> = {
  TaskDefinition: "task definition",
  DesiredCount: "number of tasks",
  MinCapacity: "fewest tasks",
  MaxCapacity: "most tasks",
  ContainerDefinitions: "image and settings",
  Cpu: "processor share",
  Memory: "memory",
  Tags: "tags",
  TargetTrackingScalingPolicyConfiguration: "target",
  HealthCheckPath: "health path",
  Port: "port",
};

const short = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : text.length > 400 ? `${text.slice(0, 399)}…` : text;

const actionOf = (change: RawStackChange): StackChange["action"] => {
  if (change.action === "Add" || change.action === "Import") return "add";
  if (change.action === "Remove") return "remove";
  return change.replacement === "True" ? "replace" : "modify";
};

/** A new revision of the task definition is how every release works, and no replacement that people should fear. */
const isRoutine = (change: RawStackChange): boolean => change.type === "AWS::ECS::TaskDefinition";

const sentenceOf = (change: RawStackChange, action: StackChange["action"]): string => {
  const name = names[change.resource] ?? change.resource;
  if (change.action === "Import") return `${name}: the one that is there is taken over with what it holds`;
  if (action === "add") return `${name}: is made`;
  if (action === "remove") return `${name}: is removed`;
  if (isRoutine(change)) return `${name}: a new revision; the old one stays to go back to`;
  const parts = [...new Set(change.properties.map(({ name }) => labels[name] ?? name))].join(", ");
  if (action === "replace") return `${name}: is removed and made anew${parts ? ` because of ${parts}` : ""}`;
  if (change.type === "AWS::ECS::Service" && change.properties.some((one) => one.name === "TaskDefinition"))
    return `${name}: its tasks are replaced one after the other, new ones first`;
  return `${name}: ${parts || "something"} changes${change.replacement === "Conditional" ? "; AWS decides while changing whether it is made anew" : ""}`;
};

/** What CloudFormation says it will do, for people. Replacements come first. */
export const describeChangeSet = (set: ChangeSetState, stackName: string, kind: "create" | "update"): ChangeSummary => {
  const changes = set.changes.map((change): StackChange => {
    const action = isRoutine(change) && change.replacement === "True" ? "modify" : actionOf(change);
    return {
      resource: change.resource,
      type: change.type,
      action,
      replaces:
        isRoutine(change) || action === "add" || action === "remove"
          ? "no"
          : change.replacement === "True"
            ? "yes"
            : change.replacement === "Conditional"
              ? "maybe"
              : "no",
      sentence: sentenceOf(change, action),
      properties: change.properties.map(({ name, before, after, recreation }) => ({
        name,
        ...(before === undefined ? {} : { before: short(before) }),
        ...(after === undefined ? {} : { after: short(after) }),
        replaces: recreation === "Always" && !isRoutine(change),
      })),
    };
  });
  const weight = { replace: 0, remove: 1, modify: 2, add: 3 };
  changes.sort((a, b) => weight[a.action] - weight[b.action]);
  const replaced = changes.filter(({ replaces }) => replaces === "yes");
  const count = changes.length === 1 ? "1 resource" : `${changes.length} resources`;
  return {
    changeSetId: set.id,
    stackName,
    kind,
    replaces: replaced.length > 0,
    sentence:
      kind === "create"
        ? `The agent is set up for the first time: ${count}.`
        : replaced.length
          ? `${count} changes; made anew, with an interruption: ${replaced.map(({ resource }) => names[resource] ?? resource).join(", ")}.`
          : `${count} ${changes.length === 1 ? "changes" : "change"}; nothing is made anew.`,
    changes,
  };
};
