import { mkdirSync } from "node:fs";
import path from "node:path";
import type { DiscoveryPort } from "../kernel/container-ports.ts";
import { createJsonService } from "../kernel/json-protocol.ts";
import type { Identity, Service } from "../kernel/types.ts";
import { createInstanceOperations } from "./instance-operations.ts";
import { createNamespaceOperations } from "./namespace-operations.ts";
import { createServiceOperations } from "./service-operations.ts";
import { DiscoveryStore } from "./store.ts";

export type ServiceDiscovery = { service: Service; discovery: DiscoveryPort };

/**
 * Cloud Map (`Route53AutoNaming_v20170314`, AWS JSON 1.1, scope `servicediscovery`): namespaces, services, instances and
 * their health. There is no name server: instances are found by `DiscoverInstances`.
 */
export function createServiceDiscovery(options: { dir: string; identity: Identity }): ServiceDiscovery {
  const dir = path.join(options.dir, "servicediscovery");
  mkdirSync(dir, { recursive: true });
  const store = new DiscoveryStore(path.join(dir, "discovery.sqlite"));
  const { identity } = options;
  return {
    service: createJsonService({
      name: "Cloud Map",
      scopes: ["servicediscovery"],
      protocol: "1.1",
      operations: {
        ...createNamespaceOperations(store, identity),
        ...createServiceOperations(store, identity),
        ...createInstanceOperations(store),
      },
      close: async () => store.close(),
    }),
    discovery: {
      register: (registryArn, instanceId, attributes) => store.putInstance(registryArn, instanceId, attributes),
      deregister: (registryArn, instanceId) => store.deleteInstance(registryArn, instanceId),
      setHealth: (registryArn, instanceId, healthy) => store.setHealth(registryArn, instanceId, healthy),
    },
  };
}
