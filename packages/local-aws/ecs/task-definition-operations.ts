import { AwsError } from "../kernel/errors.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import { pageOf, readOptionalText, readText, readTexts, showTags } from "./input.ts";
import { type EcsNames, readDefinitionReference } from "./names.ts";
import type { DefinitionRecord } from "./records.ts";
import type { EcsStore } from "./store.ts";
import { readDefinition } from "./task-definition.ts";

const keyOf = ({ family, revision }: { family: string; revision: number }): string => `${family}:${revision}`;

/** A definition by ARN, `family:revision`, or the newest active one of a family. @throws AwsError `ClientException` */
export const findDefinition = (store: EcsStore, reference: string): DefinitionRecord => {
  const { family, revision } = readDefinitionReference(reference);
  const found =
    revision === undefined
      ? store.listFamily(family).findLast(({ status }) => status === "ACTIVE")
      : store.definitions.get(keyOf({ family, revision }));
  if (!found) throw new AwsError("ClientException", "Unable to describe task definition.");
  return found;
};

/** As `findDefinition`, for something that is to be started. @throws AwsError `ClientException` */
export const findActiveDefinition = (store: EcsStore, reference: string): DefinitionRecord => {
  const { family, revision } = readDefinitionReference(reference);
  const found =
    revision === undefined
      ? store.listFamily(family).findLast(({ status }) => status === "ACTIVE")
      : store.definitions.get(keyOf({ family, revision }));
  if (!found) throw new AwsError("ClientException", "TaskDefinition not found.");
  if (found.status !== "ACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
  return found;
};

/** Task definitions and their revisions. */
export const createDefinitionOperations = (
  store: EcsStore,
  names: EcsNames,
  now: () => number,
): Record<string, JsonOperation> => {
  const arnOf = (one: DefinitionRecord): string => names.definition(one.family, one.revision);
  const show = (one: DefinitionRecord) => ({
    ...one.rest,
    taskDefinitionArn: arnOf(one),
    family: one.family,
    revision: one.revision,
    status: one.status,
    containerDefinitions: one.containers,
    volumes: one.rest.volumes ?? [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ["EC2", "FARGATE"],
    requiresCompatibilities: one.rest.requiresCompatibilities ?? ["FARGATE"],
    registeredAt: one.registeredAt,
    ...(one.deregisteredAt === undefined ? {} : { deregisteredAt: one.deregisteredAt }),
  });
  const listFamilies = (): string[] => [...new Set(store.definitions.all().map(({ family }) => family))].sort();

  return {
    RegisterTaskDefinition: (input) => {
      const checked = readDefinition(input);
      const revision = (store.listFamily(checked.family).at(-1)?.revision ?? 0) + 1;
      const record: DefinitionRecord = { ...checked, revision, registeredAt: now() / 1000 };
      store.definitions.save(keyOf(record), record);
      return { taskDefinition: show(record), tags: showTags(record.tags) };
    },
    DescribeTaskDefinition: (input) => {
      const found = findDefinition(store, readText(input, "taskDefinition"));
      return { taskDefinition: show(found), tags: showTags(found.tags) };
    },
    DeregisterTaskDefinition: (input) => {
      const reference = readText(input, "taskDefinition");
      const found = findDefinition(store, reference);
      if (readDefinitionReference(reference).revision === undefined)
        throw new AwsError("InvalidParameterException", "Task definition must have a revision.");
      if (found.status === "ACTIVE") {
        found.status = "INACTIVE";
        found.deregisteredAt = now() / 1000;
        store.definitions.save(keyOf(found), found);
      }
      return { taskDefinition: show(found) };
    },
    DeleteTaskDefinitions: (input) => {
      const taskDefinitions: unknown[] = [];
      const failures: unknown[] = [];
      for (const reference of readTexts(input, "taskDefinitions")) {
        const found = findDefinition(store, reference);
        if (found.status === "ACTIVE")
          failures.push({ arn: arnOf(found), reason: "The specified task definition is still in ACTIVE status." });
        else {
          // Kept, so that its number is never given again.
          found.status = "DELETE_IN_PROGRESS";
          store.definitions.save(keyOf(found), found);
          taskDefinitions.push(show(found));
        }
      }
      return { taskDefinitions, failures };
    },
    ListTaskDefinitions: (input) => {
      const family = readOptionalText(input, "familyPrefix");
      const status = readOptionalText(input, "status") ?? "ACTIVE";
      const families = family === undefined ? listFamilies() : [family];
      const found = families.flatMap((one) => store.listFamily(one)).filter((one) => one.status === status);
      if (input.sort === "DESC") found.reverse();
      const { page, nextToken } = pageOf(found, input, 100);
      return { taskDefinitionArns: page.map(arnOf), nextToken };
    },
    ListTaskDefinitionFamilies: (input) => {
      const prefix = readOptionalText(input, "familyPrefix") ?? "";
      const status = readOptionalText(input, "status") ?? "ALL";
      const found = listFamilies().filter(
        (family) =>
          family.startsWith(prefix) &&
          (status === "ALL" ||
            store.listFamily(family).some((one) => one.status === "ACTIVE") === (status === "ACTIVE")),
      );
      const { page, nextToken } = pageOf(found, input, 100);
      return { families: page, nextToken };
    },
  };
};
