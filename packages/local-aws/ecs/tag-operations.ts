import { AwsError } from "../kernel/errors.ts";
import type { JsonOperation } from "../kernel/json-protocol.ts";
import { readTags, readText, readTexts, refuse, showTags } from "./input.ts";
import { lastPartOf } from "./names.ts";
import type { Tags } from "./records.ts";
import type { EcsStore } from "./store.ts";

/** Tags of clusters, services, tasks and task definitions, by ARN. */
export const createTagOperations = (store: EcsStore): Record<string, JsonOperation> => {
  const missing = (): never => {
    throw new AwsError("InvalidParameterException", "The specified resource was not found.");
  };
  /** Reads the tags and, with `next`, replaces them. */
  const access = (arn: string, next?: (tags: Tags) => Tags): Tags => {
    const kind = /^arn:aws:ecs:[^:]*:[^:]*:([a-z-]+)\//.exec(arn)?.[1];
    const name = lastPartOf(arn);
    const change = <Record extends { tags: Tags }>(
      record: Record | undefined,
      save: (record: Record) => void,
    ): Tags => {
      if (!record) return missing();
      if (next) {
        record.tags = next(record.tags);
        save(record);
      }
      return record.tags;
    };
    if (kind === "cluster") return change(store.clusters.get(name), (one) => store.clusters.save(name, one));
    if (kind === "task") return change(store.tasks.get(name), (one) => store.tasks.save(name, one));
    if (kind === "task-definition")
      return change(store.definitions.get(name), (one) => store.definitions.save(name, one));
    if (kind === "service")
      return change(
        store.listServices().find((one) => one.arn === arn),
        (one) => store.saveService(one),
      );
    return refuse(`The ARN ${arn} is no cluster, service, task or task definition.`);
  };

  return {
    TagResource: (input) => {
      const added = readTags(input.tags);
      access(readText(input, "resourceArn"), (tags) => ({ ...tags, ...added }));
      return {};
    },
    UntagResource: (input) => {
      const gone = new Set(readTexts(input, "tagKeys"));
      access(readText(input, "resourceArn"), (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))),
      );
      return {};
    },
    ListTagsForResource: (input) => ({ tags: showTags(access(readText(input, "resourceArn"))) }),
  };
};
