import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import { paginate, readText, readTexts, refuse } from "./input.ts";
import type { DiscoveryInstance, DiscoveryStore } from "./store.ts";

/** Instances: register, find, tell their health. */
export function createInstanceOperations(store: DiscoveryStore): Record<string, JsonOperation> {
  const findService = (input: JsonObject) => store.getService(readText(input, "ServiceId"));
  return {
    RegisterInstance: (input) => {
      assertKnownMembers("Cloud Map", "RegisterInstance", input, [
        "ServiceId",
        "InstanceId",
        "CreatorRequestId",
        "Attributes",
      ]);
      const service = findService(input);
      const id = readText(input, "InstanceId");
      store.putInstance(service.id, id, readTexts(input, "Attributes"));
      return { OperationId: store.noteOperation("REGISTER_INSTANCE", { INSTANCE: id, SERVICE: service.id }).id };
    },
    DeregisterInstance: (input) => {
      const service = findService(input);
      const id = readText(input, "InstanceId");
      store.deleteInstance(service.id, id);
      return { OperationId: store.noteOperation("DEREGISTER_INSTANCE", { INSTANCE: id, SERVICE: service.id }).id };
    },
    GetInstance: (input) => {
      const { id, attributes } = store.getInstance(findService(input).id, readText(input, "InstanceId"));
      return { Instance: { Id: id, Attributes: attributes } };
    },
    ListInstances: (input) => {
      const { page, NextToken } = paginate(store.listInstances(findService(input).id), input);
      return { Instances: page.map(({ id, attributes }) => ({ Id: id, Attributes: attributes })), NextToken };
    },
    GetInstancesHealthStatus: (input) => {
      const wanted = Array.isArray(input.Instances) ? new Set(input.Instances) : undefined;
      const rows = store.listInstances(findService(input).id).filter(({ id }) => !wanted || wanted.has(id));
      const { page, NextToken } = paginate(rows, input);
      return { Status: Object.fromEntries(page.map((one) => [one.id, healthOf(one)])), NextToken };
    },
    UpdateInstanceCustomHealthStatus: (input) => {
      const { Status } = input;
      if (Status !== "HEALTHY" && Status !== "UNHEALTHY") throw refuse("Status must be HEALTHY or UNHEALTHY.");
      store.setHealth(readText(input, "ServiceId"), readText(input, "InstanceId"), Status === "HEALTHY");
    },
    DiscoverInstances: (input) => discoverInstances(store, input),
    DiscoverInstancesRevision: (input) => ({ InstancesRevision: store.revisionOf(findNamed(store, input).service.id) }),
  };
}

const healthOf = ({ isHealthy }: DiscoveryInstance): string => (isHealthy ? "HEALTHY" : "UNHEALTHY");

function findNamed(store: DiscoveryStore, input: JsonObject) {
  const namespaceName = readText(input, "NamespaceName");
  const serviceName = readText(input, "ServiceName");
  const namespace = store.listNamespaces().find(({ name }) => name === namespaceName);
  const service =
    namespace &&
    store.listServices().find(({ name, namespaceId }) => name === serviceName && namespaceId === namespace.id);
  // Both errors are those of GetNamespace and GetService.
  if (!namespace) return { namespace: store.getNamespace(namespaceName), service: store.getService("") };
  return { namespace, service: service ?? store.getService(serviceName) };
}

function discoverInstances(store: DiscoveryStore, input: JsonObject): JsonObject {
  assertKnownMembers("Cloud Map", "DiscoverInstances", input, [
    "NamespaceName",
    "ServiceName",
    "MaxResults",
    "QueryParameters",
    "OptionalParameters",
    "HealthStatus",
  ]);
  const { namespace, service } = findNamed(store, input);
  const hasAll = (attributes: Record<string, string>, wanted: [string, string][]) =>
    wanted.every(([name, value]) => attributes[name] === value);
  const required = Object.entries(readTexts(input, "QueryParameters"));
  const optional = Object.entries(readTexts(input, "OptionalParameters"));
  let found = store.listInstances(service.id).filter(({ attributes }) => hasAll(attributes, required));
  const preferred = found.filter(({ attributes }) => hasAll(attributes, optional));
  if (preferred.length > 0) found = preferred;
  const healthy = found.filter(({ isHealthy }) => isHealthy);
  const status = input.HealthStatus ?? "HEALTHY";
  if (status === "HEALTHY") found = healthy;
  else if (status === "UNHEALTHY") found = found.filter(({ isHealthy }) => !isHealthy);
  // "Or else all" answers unhealthy ones rather than none.
  else if (status === "HEALTHY_OR_ELSE_ALL" && healthy.length > 0) found = healthy;
  const most = typeof input.MaxResults === "number" ? input.MaxResults : 100;
  return {
    Instances: found.slice(0, most).map((one) => ({
      InstanceId: one.id,
      NamespaceName: namespace.name,
      ServiceName: service.name,
      HealthStatus: service.customHealth ? healthOf(one) : "UNKNOWN",
      Attributes: one.attributes,
    })),
    InstancesRevision: store.revisionOf(service.id),
  };
}
