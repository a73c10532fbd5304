import type { JsonObject, JsonOperation } from "../kernel/json-protocol.ts";
import { assertKnownMembers } from "../kernel/members.ts";
import type { Identity } from "../kernel/types.ts";
import { paginate, readFilters, readOptionalText, readTags, readText, refuse } from "./input.ts";
import type { DiscoveryNamespace, DiscoveryStore, NamespaceType } from "./store.ts";

const NAME = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,1022}$/;

/** Namespaces and the operations that tell of what has been done. */
export function createNamespaceOperations(store: DiscoveryStore, identity: Identity): Record<string, JsonOperation> {
  const describe = (namespace: DiscoveryNamespace): JsonObject => ({
    Id: namespace.id,
    Arn: `arn:aws:servicediscovery:${identity.region}:${identity.accountId}:namespace/${namespace.id}`,
    ResourceOwner: identity.accountId,
    Name: namespace.name,
    Type: namespace.type,
    Description: namespace.description,
    ServiceCount: store.listServices().filter(({ namespaceId }) => namespaceId === namespace.id).length,
    Properties: {
      ...(namespace.type === "DNS_PRIVATE" && {
        DnsProperties: { HostedZoneId: `Z${namespace.id.slice(3).toUpperCase()}`, SOA: { TTL: 15 } },
      }),
      HttpProperties: { HttpName: namespace.name },
    },
    CreateDate: namespace.createdMs / 1000,
    CreatorRequestId: namespace.creatorRequestId,
  });
  const create =
    (type: NamespaceType, operation: string, members: string[]): JsonOperation =>
    (input) => {
      assertKnownMembers("Cloud Map", operation, input, [
        "Name",
        "CreatorRequestId",
        "Description",
        "Tags",
        ...members,
      ]);
      const name = readText(input, "Name");
      if (!NAME.test(name)) throw refuse(`The namespace name ${name} has characters that are not allowed.`);
      const description = readOptionalText(input, "Description");
      const creatorRequestId = readOptionalText(input, "CreatorRequestId");
      const namespace = store.createNamespace({
        name,
        type,
        tags: readTags(input.Tags),
        ...(description !== undefined && { description }),
        ...(creatorRequestId !== undefined && { creatorRequestId }),
      });
      return { OperationId: store.noteOperation("CREATE_NAMESPACE", { NAMESPACE: namespace.id }).id };
    };
  return {
    CreatePrivateDnsNamespace: create("DNS_PRIVATE", "CreatePrivateDnsNamespace", ["Vpc", "Properties"]),
    CreateHttpNamespace: create("HTTP", "CreateHttpNamespace", []),
    GetNamespace: (input) => ({ Namespace: describe(store.getNamespace(readText(input, "Id"))) }),
    ListNamespaces: (input) => {
      const filters = readFilters(input);
      const members: Record<string, (namespace: DiscoveryNamespace) => string> = {
        TYPE: ({ type }) => type,
        NAME: ({ name }) => name,
        HTTP_NAME: ({ name }) => name,
        RESOURCE_OWNER: () => "SELF",
      };
      const rows = store
        .listNamespaces()
        .filter((one) => filters.every(({ name, values }) => values.includes(members[name]?.(one) ?? "")));
      const { page, NextToken } = paginate(rows, input);
      return { Namespaces: page.map(describe), NextToken };
    },
    DeleteNamespace: (input) => {
      const { id } = store.getNamespace(readText(input, "Id"));
      store.deleteNamespace(id);
      return { OperationId: store.noteOperation("DELETE_NAMESPACE", { NAMESPACE: id }).id };
    },
    GetOperation: (input) => {
      const operation = store.getOperation(readText(input, "OperationId"));
      return {
        Operation: {
          Id: operation.id,
          OwnerAccount: identity.accountId,
          Type: operation.type,
          Status: "SUCCESS",
          CreateDate: operation.createdMs / 1000,
          UpdateDate: operation.createdMs / 1000,
          Targets: operation.targets,
        },
      };
    },
  };
}
