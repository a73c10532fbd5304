import { AwsError } from "../kernel/errors.ts";
import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import type { Identity } from "../kernel/types.ts";
import { paginate, readFilters, readOptionalText, readTags, readText, refuse } from "./input.ts";
import type { DiscoveryService, DiscoveryStore, DnsConfig } from "./store.ts";

const NAME =
  /^((?=^.{1,127}$)^([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9])(\.([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9]))*$)/;
const RECORD_TYPES = new Set(["A", "AAAA", "SRV", "CNAME"]);

function readDnsConfig(value: unknown): DnsConfig | undefined {
  if (value === undefined || value === null) return undefined;
  const { DnsRecords, RoutingPolicy } = value as JsonObject;
  if (!Array.isArray(DnsRecords) || DnsRecords.length === 0) throw refuse("DnsConfig needs DnsRecords.");
  return {
    RoutingPolicy: typeof RoutingPolicy === "string" ? RoutingPolicy : "MULTIVALUE",
    DnsRecords: (DnsRecords as JsonObject[]).map(({ Type, TTL }) => {
      const ttl = Number(TTL);
      if (!RECORD_TYPES.has(String(Type)) || !Number.isInteger(ttl) || ttl < 0)
        throw refuse("A DNS record needs Type (A, AAAA, SRV or CNAME) and TTL in seconds.");
      return { Type: String(Type), TTL: ttl };
    }),
  };
}

/** Services of a namespace, and tags of both. */
export function createServiceOperations(store: DiscoveryStore, identity: Identity): Record<string, JsonOperation> {
  const describe = (service: DiscoveryService): JsonObject => ({
    Id: service.id,
    Arn: `arn:aws:servicediscovery:${identity.region}:${identity.accountId}:service/${service.id}`,
    ResourceOwner: identity.accountId,
    Name: service.name,
    NamespaceId: service.namespaceId,
    Description: service.description,
    InstanceCount: store.listInstances(service.id).length,
    ...(service.dnsConfig && { DnsConfig: { NamespaceId: service.namespaceId, ...service.dnsConfig } }),
    Type: service.dnsConfig ? "DNS_HTTP" : "HTTP",
    ...(service.customHealth && { HealthCheckCustomConfig: service.customHealth }),
    CreateDate: service.createdMs / 1000,
    CreatorRequestId: service.creatorRequestId,
  });
  const findTagged = (input: JsonObject) => {
    const arn = readText(input, "ResourceARN");
    try {
      if (arn.includes(":namespace/")) {
        const namespace = store.getNamespace(arn);
        return {
          tags: namespace.tags,
          save: (tags: Record<string, string>) => store.saveNamespace({ ...namespace, tags }),
        };
      }
      const service = store.getService(arn);
      return { tags: service.tags, save: (tags: Record<string, string>) => store.saveService({ ...service, tags }) };
    } catch {
      throw new AwsError("ResourceNotFoundException", `The resource ${arn} does not exist.`);
    }
  };
  return {
    CreateService: (input) => {
      assertKnownMembers("Cloud Map", "CreateService", input, [
        "Name",
        "NamespaceId",
        "CreatorRequestId",
        "Description",
        "DnsConfig",
        "HealthCheckCustomConfig",
        "Tags",
        "Type",
      ]);
      const name = readText(input, "Name");
      if (!NAME.test(name)) throw refuse(`The service name ${name} has characters that are not allowed.`);
      const dns = (input.DnsConfig ?? {}) as JsonObject;
      const namespaceId = readOptionalText(input, "NamespaceId") ?? readText(dns, "NamespaceId");
      const dnsConfig = readDnsConfig(input.DnsConfig);
      const description = readOptionalText(input, "Description");
      const creatorRequestId = readOptionalText(input, "CreatorRequestId");
      const service = store.createService({
        name,
        namespaceId: store.getNamespace(namespaceId).id,
        tags: readTags(input.Tags),
        ...(description !== undefined && { description }),
        ...(creatorRequestId !== undefined && { creatorRequestId }),
        ...(dnsConfig && { dnsConfig }),
        ...(input.HealthCheckCustomConfig !== undefined && { customHealth: { FailureThreshold: 1 } }),
      });
      return { Service: describe(service) };
    },
    GetService: (input) => ({ Service: describe(store.getService(readText(input, "Id"))) }),
    ListServices: (input) => {
      const filters = readFilters(input);
      const rows = store.listServices().filter((service) =>
        filters.every(({ name, values }) => {
          if (name === "NAMESPACE_ID") return values.some((value) => value.endsWith(service.namespaceId));
          return name === "RESOURCE_OWNER" && values.includes("SELF");
        }),
      );
      const { page, NextToken } = paginate(rows, input);
      return { Services: page.map(describe), NextToken };
    },
    UpdateService: (input) => {
      assertKnownMembers("Cloud Map", "UpdateService", input, ["Id", "Service"]);
      const service = store.getService(readText(input, "Id"));
      const change = (input.Service ?? {}) as JsonObject;
      assertKnownMembers("Cloud Map", "UpdateService", change, ["Description", "DnsConfig"]);
      const description = readOptionalText(change, "Description");
      const dnsConfig = readDnsConfig(change.DnsConfig);
      store.saveService({
        ...service,
        ...(description !== undefined && { description }),
        ...(dnsConfig && { dnsConfig: { ...service.dnsConfig, DnsRecords: dnsConfig.DnsRecords } }),
      });
      return { OperationId: store.noteOperation("UPDATE_SERVICE", { SERVICE: service.id }).id };
    },
    DeleteService: (input) => {
      store.deleteService(readText(input, "Id"));
      return {};
    },
    ListTagsForResource: (input) => ({
      Tags: Object.entries(findTagged(input).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
    TagResource: (input) => {
      const { tags, save } = findTagged(input);
      save({ ...tags, ...readTags(input.Tags) });
      return {};
    },
    UntagResource: (input) => {
      const { tags, save } = findTagged(input);
      const gone = new Set(Array.isArray(input.TagKeys) ? input.TagKeys : []);
      save(Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))));
      return {};
    },
  };
}
