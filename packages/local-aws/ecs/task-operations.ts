import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { findCluster } from "./cluster-operations.ts";
import {
  allowOnly,
  asObject,
  pageOf,
  readList,
  readOptionalCount,
  readOptionalText,
  readTags,
  readText,
  readTexts,
  refuse,
  showTags,
} from "./input.ts";
import { clusterInArn, type EcsNames, lastPartOf } from "./names.ts";
import type { DefinitionRecord, Tags, TaskOverride, TaskRecord } from "./records.ts";
import { readLaunchType, readNetwork, readPropagateTags } from "./service-input.ts";
import type { EcsStore } from "./store.ts";
import { findActiveDefinition } from "./task-definition-operations.ts";
import type { TaskManager } from "./task-manager.ts";

const runMembers = [
  ..."cluster taskDefinition count group launchType networkConfiguration overrides platformVersion".split(" "),
  ..."propagateTags startedBy tags enableECSManagedTags enableExecuteCommand clientToken referenceId".split(" "),
  "capacityProviderStrategy",
];

const readOverrides = (input: JsonObject, definition: DefinitionRecord): TaskOverride => {
  if (!input.overrides) return {};
  const overrides = asObject(input.overrides, "overrides");
  allowOnly(overrides, "RunTask with overrides", ["containerOverrides", "taskRoleArn", "executionRoleArn"]);
  for (const one of readList(overrides, "containerOverrides")) {
    const override = asObject(one, "containerOverrides");
    allowOnly(override, "RunTask with containerOverrides", ["name", "command", "environment", "cpu", "memory"]);
    if (!definition.containers.some(({ name }) => name === override.name))
      return refuse(`Override for container named ${String(override.name)} is not a container in the TaskDefinition.`);
  }
  return overrides as TaskOverride;
};

/** Tasks: run, stop, list, describe; stopped ones for about an hour. */
export const createTaskOperations = (
  store: EcsStore,
  names: EcsNames,
  tasks: TaskManager,
): Record<string, JsonOperation> => {
  const show = (task: TaskRecord, hasTags: boolean) => ({
    ...task.view,
    ...(hasTags ? { tags: showTags(task.tags) } : {}),
  });
  const find = (cluster: string, reference: string): TaskRecord | undefined => {
    const task = store.tasks.get(lastPartOf(reference));
    return task && task.cluster === (clusterInArn(reference) ?? cluster) && task.cluster === cluster ? task : undefined;
  };

  return {
    RunTask: (input) => {
      allowOnly(input, "RunTask", runMembers);
      const cluster = findCluster(store, input.cluster);
      const definition = findActiveDefinition(store, readText(input, "taskDefinition"));
      const count = readOptionalCount(input, "count") ?? 1;
      if (count < 1 || count > 10) return refuse("count must be from 1 to 10.");
      readLaunchType(input);
      const managed: Tags = input.enableECSManagedTags === true ? { "aws:ecs:clusterName": cluster.name } : {};
      const propagated = readPropagateTags(input) === "TASK_DEFINITION" ? definition.tags : {};
      const startedBy = readOptionalText(input, "startedBy");
      const overrides = readOverrides(input, definition);
      const networkConfiguration = readNetwork(input);
      const started = Array.from({ length: count }, () =>
        tasks.create({
          cluster,
          definition,
          group: readOptionalText(input, "group") ?? `family:${definition.family}`,
          ...(startedBy === undefined ? {} : { startedBy }),
          overrides,
          tags: { ...propagated, ...managed, ...readTags(input.tags) },
          networkConfiguration,
          enableExecuteCommand: input.enableExecuteCommand === true,
        }),
      );
      return { tasks: started.map((task) => show(task, true)), failures: [] };
    },
    StopTask: (input) => {
      const cluster = findCluster(store, input.cluster);
      const task = find(cluster.name, readText(input, "task"));
      if (!task) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
      tasks.stop(task, "UserInitiated", readOptionalText(input, "reason") ?? "Task stopped by user");
      return { task: show(task, true) };
    },
    DescribeTasks: (input) => {
      const cluster = findCluster(store, input.cluster);
      const asked = readTexts(input, "tasks");
      if (asked.length === 0 || asked.length > 100) return refuse("tasks must name 1 to 100 tasks.");
      const hasTags = readTexts(input, "include").includes("TAGS");
      const found = asked.map((one) => find(cluster.name, one));
      return {
        tasks: found.flatMap((one) => (one ? [show(one, hasTags)] : [])),
        failures: asked.flatMap((one, index) =>
          found[index] ? [] : [{ arn: names.task(cluster.name, lastPartOf(one)), reason: "MISSING" }],
        ),
      };
    },
    ListTasks: (input) => {
      allowOnly(input, "ListTasks", [
        ..."cluster family nextToken maxResults startedBy serviceName desiredStatus launchType".split(" "),
      ]);
      const cluster = findCluster(store, input.cluster);
      const family = readOptionalText(input, "family");
      const startedBy = readOptionalText(input, "startedBy");
      const reference = readOptionalText(input, "serviceName");
      const service = reference === undefined ? undefined : lastPartOf(reference);
      if (service !== undefined && !store.findService(cluster.name, service))
        throw new AwsError("ServiceNotFoundException", "Service not found.");
      const desiredStatus = readOptionalText(input, "desiredStatus") ?? "RUNNING";
      const listed = store.tasks
        .all()
        .filter(
          (task) =>
            task.cluster === cluster.name &&
            task.view.desiredStatus === desiredStatus &&
            (service === undefined || task.service === service) &&
            (family === undefined || task.view.taskDefinitionArn.includes(`/${family}:`)) &&
            (startedBy === undefined || task.view.startedBy === startedBy),
        );
      const { page, nextToken } = pageOf(listed, input, 100);
      return { taskArns: page.map(({ view }) => view.taskArn), nextToken };
    },
  };
};
