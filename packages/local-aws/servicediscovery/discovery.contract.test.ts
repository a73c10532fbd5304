import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand,
  DeleteNamespaceCommand,
  DeleteServiceCommand,
  DeregisterInstanceCommand,
  DiscoverInstancesCommand,
  GetInstancesHealthStatusCommand,
  GetOperationCommand,
  ListInstancesCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  RegisterInstanceCommand,
  ResourceInUse,
  ServiceAlreadyExists,
  ServiceDiscoveryClient,
  ServiceNotFound,
  UpdateInstanceCustomHealthStatusCommand,
} from "@aws-sdk/client-servicediscovery";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION } from "../kernel/testing.ts";
import { createServiceDiscovery } from "./index.ts";

async function start(dir: string) {
  const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
  const discovery = createServiceDiscovery({ dir, identity: { region: TEST_REGION, accountId: TEST_ACCOUNT } });
  front.addService(discovery.service);
  front.markReady();
  return {
    // DiscoverInstances puts `data-` before the host.
    client: new ServiceDiscoveryClient({ ...createClientSettings(front.url), disableHostPrefix: true }),
    port: discovery.discovery,
    async close() {
      await front.close();
      await discovery.service.close();
    },
  };
}

describe("Cloud Map", () => {
  let dir: string;
  let stack: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "local-aws-discovery-"));
    stack = await start(dir);
  });
  afterEach(async () => {
    await stack.close();
    await rm(dir, { recursive: true, force: true });
  });

  const createService = async (name: string) => {
    const { client } = stack;
    const { OperationId } = await client.send(
      new CreatePrivateDnsNamespaceCommand({ Name: "agents.test", Vpc: "vpc-1" }),
    );
    const { Operation } = await client.send(new GetOperationCommand({ OperationId }));
    expect(Operation?.Status).toBe("SUCCESS");
    const NamespaceId = Operation?.Targets?.NAMESPACE ?? "";
    const { Service } = await client.send(
      new CreateServiceCommand({
        Name: name,
        NamespaceId,
        DnsConfig: { RoutingPolicy: "MULTIVALUE", DnsRecords: [{ Type: "A", TTL: 10 }] },
        HealthCheckCustomConfig: { FailureThreshold: 1 },
      }),
    );
    return { NamespaceId, id: Service?.Id ?? "", arn: Service?.Arn ?? "" };
  };
  const discover = async (ServiceName: string, more: object = {}) => {
    const { Instances = [] } = await stack.client.send(
      new DiscoverInstancesCommand({ NamespaceName: "agents.test", ServiceName, ...more }),
    );
    return Instances.map(({ InstanceId }) => InstanceId);
  };

  it("finds healthy instances by name, with their address and attributes", async () => {
    const { id, arn } = await createService("answer");
    stack.port.register(arn, "one", { AWS_INSTANCE_IPV4: "127.0.0.1", AWS_INSTANCE_PORT: "9001", release: "r1" });
    await stack.client.send(
      new RegisterInstanceCommand({ ServiceId: id, InstanceId: "two", Attributes: { release: "r2" } }),
    );
    expect(await discover("answer")).toEqual(["one", "two"]);
    expect(await discover("answer", { QueryParameters: { release: "r2" } })).toEqual(["two"]);

    stack.port.setHealth(arn, "one", false);
    expect(await discover("answer")).toEqual(["two"]);
    expect(await discover("answer", { HealthStatus: "ALL" })).toEqual(["one", "two"]);
    const { Status } = await stack.client.send(new GetInstancesHealthStatusCommand({ ServiceId: id }));
    expect(Status).toEqual({ one: "UNHEALTHY", two: "HEALTHY" });
    await stack.client.send(
      new UpdateInstanceCustomHealthStatusCommand({ ServiceId: id, InstanceId: "two", Status: "UNHEALTHY" }),
    );
    expect(await discover("answer")).toEqual([]);
    expect(await discover("answer", { HealthStatus: "HEALTHY_OR_ELSE_ALL" })).toEqual(["one", "two"]);
    stack.port.deregister(arn, "one");
    const { Instances } = await stack.client.send(new ListInstancesCommand({ ServiceId: id }));
    expect(Instances).toEqual([{ Id: "two", Attributes: { release: "r2" } }]);
  });

  it("refuses names that are taken, and to delete what is in use", async () => {
    const { NamespaceId, id } = await createService("answer");
    const { client } = stack;
    await expect(client.send(new CreateServiceCommand({ Name: "answer", NamespaceId }))).rejects.toBeInstanceOf(
      ServiceAlreadyExists,
    );
    await client.send(new RegisterInstanceCommand({ ServiceId: id, InstanceId: "one", Attributes: {} }));
    await expect(client.send(new DeleteServiceCommand({ Id: id }))).rejects.toBeInstanceOf(ResourceInUse);
    await expect(client.send(new DeleteNamespaceCommand({ Id: NamespaceId }))).rejects.toBeInstanceOf(ResourceInUse);
    await client.send(new DeregisterInstanceCommand({ ServiceId: id, InstanceId: "one" }));
    await client.send(new DeleteServiceCommand({ Id: id }));
    await expect(client.send(new DeleteServiceCommand({ Id: id }))).rejects.toBeInstanceOf(ServiceNotFound);
    await client.send(new DeleteNamespaceCommand({ Id: NamespaceId }));
    expect((await client.send(new ListNamespacesCommand({}))).Namespaces).toEqual([]);
  });

  it("keeps namespaces, services and instances over a restart", async () => {
    const { NamespaceId, arn } = await createService("answer");
    stack.port.register(arn, "one", {});
    await stack.close();
    stack = await start(dir);
    const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [NamespaceId] }];
    const { Services } = await stack.client.send(new ListServicesCommand({ Filters }));
    expect(Services).toMatchObject([{ Name: "answer", Arn: arn, InstanceCount: 1 }]);
    expect(await discover("answer")).toEqual(["one"]);
  });
});
