import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { allowOnly, pageOf, readList, readOptionalText, readTags, readTexts, refuse, showTags } from "./input.ts";
import { type EcsNames, lastPartOf } from "./names.ts";
import type { ClusterRecord, NameValue } from "./records.ts";
import type { EcsStore } from "./store.ts";

const namePattern = /^[A-Za-z0-9_-]{1,255}$/;

/** The name of an active cluster, given by name or ARN. @throws AwsError `ClusterNotFoundException` */
export const findCluster = (store: EcsStore, reference: unknown): ClusterRecord => {
  const name = typeof reference === "string" && reference !== "" ? lastPartOf(reference) : "default";
  const found = store.clusters.get(name);
  if (found?.status !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  return found;
};

/** Clusters: create, read, settings, delete. */
export const createClusterOperations = (store: EcsStore, names: EcsNames): Record<string, JsonOperation> => {
  const show = (cluster: ClusterRecord) => {
    const tasks = store.tasks.all().filter((task) => task.cluster === cluster.name);
    const services = store.listServices().filter((one) => one.cluster === cluster.name && one.status !== "INACTIVE");
    return {
      clusterArn: names.cluster(cluster.name),
      clusterName: cluster.name,
      status: cluster.status,
      registeredContainerInstancesCount: 0,
      runningTasksCount: tasks.filter(({ view }) => view.lastStatus === "RUNNING").length,
      pendingTasksCount: tasks.filter(({ view }) => ["PROVISIONING", "PENDING"].includes(view.lastStatus)).length,
      activeServicesCount: services.length,
      statistics: [],
      tags: showTags(cluster.tags),
      settings: cluster.settings,
      capacityProviders: ["FARGATE"],
      defaultCapacityProviderStrategy: [],
    };
  };
  const readSettings = (input: JsonObject): NameValue[] => readList(input, "settings") as NameValue[];

  return {
    CreateCluster: (input) => {
      allowOnly(input, "CreateCluster", ["clusterName", "tags", "settings", "capacityProviders"]);
      const name = readOptionalText(input, "clusterName") ?? "default";
      if (!namePattern.test(name)) return refuse("Identifier contains invalid characters or is too long.");
      if (readTexts(input, "capacityProviders").some((one) => one !== "FARGATE"))
        return refuse("The specified capacity provider was not found: only FARGATE is held here.");
      const known = store.clusters.get(name);
      const cluster: ClusterRecord =
        known?.status === "ACTIVE"
          ? known
          : { name, status: "ACTIVE", settings: readSettings(input), tags: readTags(input.tags) };
      store.clusters.save(name, cluster);
      return { cluster: show(cluster) };
    },
    DescribeClusters: (input) => {
      const wanted = readTexts(input, "clusters");
      const asked = wanted.length > 0 ? wanted : ["default"];
      const found = asked.map((one) => store.clusters.get(lastPartOf(one)));
      return {
        clusters: found.flatMap((one) => (one ? [show(one)] : [])),
        failures: asked.flatMap((one, index) =>
          found[index] ? [] : [{ arn: names.cluster(lastPartOf(one)), reason: "MISSING" }],
        ),
      };
    },
    ListClusters: (input) => {
      const active = store.clusters.all().filter(({ status }) => status === "ACTIVE");
      const { page, nextToken } = pageOf(active, input, 100);
      return { clusterArns: page.map(({ name }) => names.cluster(name)), nextToken };
    },
    UpdateClusterSettings: (input) => {
      const cluster = findCluster(store, input.cluster);
      cluster.settings = readSettings(input);
      store.clusters.save(cluster.name, cluster);
      return { cluster: show(cluster) };
    },
    DeleteCluster: (input) => {
      const cluster = findCluster(store, input.cluster);
      if (store.listServices().some((one) => one.cluster === cluster.name && one.status === "ACTIVE"))
        throw new AwsError(
          "ClusterContainsServicesException",
          "The Cluster cannot be deleted while Services are active.",
        );
      if (store.tasks.all().some((one) => one.cluster === cluster.name && one.view.lastStatus !== "STOPPED"))
        throw new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
      cluster.status = "INACTIVE";
      store.clusters.save(cluster.name, cluster);
      return { cluster: show(cluster) };
    },
  };
};
