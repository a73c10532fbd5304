import { AwsError } from "../../kernel/errors.ts";
import { ignoreNotFound, inventName, type Made, mergeTags, type ResourceHandler } from "../handler.ts";
import { integer, list, number, object, oneOf, tags, text } from "../shapes.ts";
import type { Json } from "../template.ts";

type DiscoveryService = { Id: string; Arn: string; Name: string } & Json;

const dnsRecords = list(object({ Type: oneOf("A", "AAAA", "SRV", "CNAME"), TTL: integer }, "Type", "TTL"));
const shape = object({
  Description: text,
  DnsConfig: object({ DnsRecords: dnsRecords, NamespaceId: text, RoutingPolicy: text }, "DnsRecords"),
  HealthCheckConfig: object({ Type: text, ResourcePath: text, FailureThreshold: number }),
  HealthCheckCustomConfig: object({ FailureThreshold: number }),
  Name: text,
  NamespaceId: text,
  ServiceAttributes: object({}),
  Tags: tags,
  Type: text,
});
const made = (service: DiscoveryService): Made => ({
  physicalId: service.Id,
  attributes: { Arn: service.Arn, Id: service.Id, Name: service.Name },
});

/** `AWS::ServiceDiscovery::Service` */
export const discoveryService: ResourceHandler = {
  shape,
  createOnly: ["HealthCheckCustomConfig", "Name", "NamespaceId", "Type"],
  nameProperty: "Name",
  attributes: ["Arn", "Id", "Name"],
  async create(context, properties) {
    const name = String(properties.Name ?? inventName(context, 64));
    const sent = mergeTags(properties.Tags, context.tags);
    // One request id means one service, however often it is asked for.
    const output = await context
      .call("servicediscovery", "CreateService", {
        ...properties,
        Name: name,
        CreatorRequestId: context.token,
        ...(sent.length && { Tags: sent }),
      })
      .catch(async (error: unknown) => {
        const fields = error instanceof AwsError && error.code === "ServiceAlreadyExists" ? error.fields : {};
        if (!context.resumed || typeof fields.ServiceId !== "string") throw error;
        return context.call("servicediscovery", "GetService", { Id: fields.ServiceId });
      });
    const service = output.Service as DiscoveryService;
    context.announce(service.Id);
    return made(service);
  },
  async update(context, id, properties) {
    const { Description, DnsConfig, HealthCheckConfig } = properties;
    const { DnsRecords } = (DnsConfig ?? {}) as Json;
    await context.call("servicediscovery", "UpdateService", {
      Id: id,
      Service: { Description, ...(DnsRecords !== undefined && { DnsConfig: { DnsRecords } }), HealthCheckConfig },
    });
    const output = await context.call("servicediscovery", "GetService", { Id: id });
    return made(output.Service as DiscoveryService);
  },
  async remove({ call }, id) {
    await ignoreNotFound(() => call("servicediscovery", "DeleteService", { Id: id }));
  },
  async read({ call }, id) {
    const output = await ignoreNotFound(() => call("servicediscovery", "GetService", { Id: id }));
    return output?.Service as Json | undefined;
  },
};
