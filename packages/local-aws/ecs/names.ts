import { randomInt, randomUUID } from "node:crypto";
import type { Identity } from "../kernel/types.ts";

/** Ids as ECS makes them: 32 hex digits for tasks, 19 digits for deployments and revisions. */
export const makeTaskId = (): string => randomUUID().replaceAll("-", "");
export const makeDigitId = (): string =>
  `${randomInt(1, 10)}${Array.from({ length: 18 }, () => randomInt(0, 10)).join("")}`;
export const makeShortId = (): string => randomUUID().replaceAll("-", "").slice(0, 21);

/** The last part of a name or ARN: `arn:…:service/cluster/name` and `name` are the same service. */
export const lastPartOf = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

/** The cluster in a task's or service's ARN, if it is one. */
export const clusterInArn = (reference: string): string | undefined =>
  reference.startsWith("arn:") && reference.split("/").length === 3 ? reference.split("/")[1] : undefined;

/** ARNs of ECS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export type EcsNames = ReturnType<typeof createEcsNames>;
export const createEcsNames = ({ region, accountId }: Identity) => {
  const arn = (rest: string): string => `arn:aws:ecs:${region}:${accountId}:${rest}`;
  return {
    region,
    cluster: (name: string) => arn(`cluster/${name}`),
    definition: (family: string, revision: number) => arn(`task-definition/${family}:${revision}`),
    service: (cluster: string, name: string) => arn(`service/${cluster}/${name}`),
    task: (cluster: string, id: string) => arn(`task/${cluster}/${id}`),
    container: (cluster: string, taskId: string) => arn(`container/${cluster}/${taskId}/${randomUUID()}`),
    revision: (cluster: string, service: string) => arn(`service-revision/${cluster}/${service}/${makeDigitId()}`),
    serviceDeployment: (cluster: string, service: string) =>
      arn(`service-deployment/${cluster}/${service}/${makeShortId()}`),
  };
};

/** `family:revision` of a definition's ARN or name; without a revision, the family alone. */
export const readDefinitionReference = (reference: string): { family: string; revision?: number } => {
  const [family = "", revision] = lastPartOf(reference).split(":");
  return revision === undefined ? { family } : { family, revision: Number(revision) };
};
