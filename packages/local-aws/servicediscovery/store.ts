import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../kernel/errors.ts";
import { type Database, openDatabase } from "../kernel/sqlite.ts";

export type NamespaceType = "DNS_PRIVATE" | "HTTP";
export type DiscoveryNamespace = {
  id: string;
  name: string;
  type: NamespaceType;
  description?: string;
  createdMs: number;
  creatorRequestId?: string;
  tags: Record<string, string>;
};
export type DnsConfig = { RoutingPolicy?: string; DnsRecords: { Type: string; TTL: number }[] };
export type DiscoveryService = {
  id: string;
  name: string;
  namespaceId: string;
  description?: string;
  dnsConfig?: DnsConfig;
  /** Health is told by whoever runs the instances. */
  customHealth?: { FailureThreshold?: number };
  createdMs: number;
  creatorRequestId?: string;
  tags: Record<string, string>;
};
export type DiscoveryInstance = { id: string; attributes: Record<string, string>; isHealthy: boolean };
export type DiscoveryOperation = {
  id: string;
  type: string;
  targets: Record<string, string>;
  createdMs: number;
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS namespaces (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS services (
  id TEXT PRIMARY KEY,
  namespace_id TEXT NOT NULL REFERENCES namespaces (id),
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  UNIQUE (namespace_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS instances (
  service_id TEXT NOT NULL REFERENCES services (id),
  id TEXT NOT NULL,
  attributes TEXT NOT NULL,
  is_healthy INTEGER NOT NULL,
  PRIMARY KEY (service_id, id)
) STRICT;
CREATE TABLE IF NOT EXISTS operations (id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, document TEXT NOT NULL) STRICT;`;

/** Finished operations are told for so long. */
const OPERATION_MS = 30 * 86_400_000;

const createId = (prefix: string): string => `${prefix}-${randomBytes(8).toString("hex")}`;

type InstanceRow = { id: string; attributes: string; is_healthy: number };
const instanceOf = (row: InstanceRow): DiscoveryInstance => ({
  id: row.id,
  attributes: JSON.parse(row.attributes) as Record<string, string>,
  isHealthy: row.is_healthy === 1,
});

/** Namespaces, services and instances, in one SQLite file. */
export class DiscoveryStore {
  readonly #db: Database;

  constructor(file: string) {
    this.#db = openDatabase(file, SCHEMA);
  }

  /** @throws AwsError `NamespaceAlreadyExists` */
  createNamespace(settings: Omit<DiscoveryNamespace, "id" | "createdMs">): DiscoveryNamespace {
    const namespace = { id: createId("ns"), createdMs: Date.now(), ...settings };
    const known = this.listNamespaces().find(({ name }) => name === settings.name);
    if (known)
      throw new AwsError("NamespaceAlreadyExists", `The namespace ${settings.name} already exists.`, {
        fields: { NamespaceId: known.id, CreatorRequestId: known.creatorRequestId },
      });
    this.saveNamespace(namespace);
    return namespace;
  }

  saveNamespace(namespace: DiscoveryNamespace): void {
    this.#db.run(
      "INSERT INTO namespaces VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document",
      namespace.id,
      namespace.name,
      JSON.stringify(namespace),
    );
  }

  /** By id or ARN. @throws AwsError `NamespaceNotFound` */
  getNamespace(idOrArn: string): DiscoveryNamespace {
    const id = idOrArn.slice(idOrArn.lastIndexOf("/") + 1);
    const namespace = this.listNamespaces().find((one) => one.id === id);
    if (!namespace) throw new AwsError("NamespaceNotFound", `The namespace ${idOrArn} does not exist.`);
    return namespace;
  }

  listNamespaces(): DiscoveryNamespace[] {
    return this.#db
      .all<{ document: string }>("SELECT document FROM namespaces ORDER BY name")
      .map(({ document }) => JSON.parse(document) as DiscoveryNamespace);
  }

  /** @throws AwsError `ResourceInUse` while it has services */
  deleteNamespace(id: string): void {
    const namespace = this.getNamespace(id);
    if (this.listServices().some(({ namespaceId }) => namespaceId === namespace.id))
      throw new AwsError("ResourceInUse", `The namespace ${namespace.name} still has services.`);
    this.#db.run("DELETE FROM namespaces WHERE id = ?", namespace.id);
  }

  /** @throws AwsError `ServiceAlreadyExists`, `NamespaceNotFound` */
  createService(settings: Omit<DiscoveryService, "id" | "createdMs">): DiscoveryService {
    this.getNamespace(settings.namespaceId);
    const known = this.listServices().find(
      ({ name, namespaceId }) => name === settings.name && namespaceId === settings.namespaceId,
    );
    if (known)
      throw new AwsError("ServiceAlreadyExists", `The service ${settings.name} already exists.`, {
        fields: { ServiceId: known.id, CreatorRequestId: known.creatorRequestId },
      });
    const service = { id: createId("srv"), createdMs: Date.now(), ...settings };
    this.saveService(service);
    return service;
  }

  saveService(service: DiscoveryService): void {
    this.#db.run(
      `INSERT INTO services (id, namespace_id, name, document) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
      service.id,
      service.namespaceId,
      service.name,
      JSON.stringify(service),
    );
  }

  /** By id or ARN. @throws AwsError `ServiceNotFound` */
  getService(idOrArn: string): DiscoveryService {
    const id = idOrArn.slice(idOrArn.lastIndexOf("/") + 1);
    const row = this.#db.get<{ document: string }>("SELECT document FROM services WHERE id = ?", id);
    if (!row) throw new AwsError("ServiceNotFound", `The service ${idOrArn} does not exist.`);
    return JSON.parse(row.document) as DiscoveryService;
  }

  listServices(): DiscoveryService[] {
    return this.#db
      .all<{ document: string }>("SELECT document FROM services ORDER BY name, id")
      .map(({ document }) => JSON.parse(document) as DiscoveryService);
  }

  /** @throws AwsError `ResourceInUse` while it has instances */
  deleteService(id: string): void {
    const service = this.getService(id);
    if (this.listInstances(service.id).length > 0)
      throw new AwsError("ResourceInUse", `The service ${service.name} still has instances.`);
    this.#db.run("DELETE FROM services WHERE id = ?", service.id);
  }

  /** Registers, or replaces the attributes of, an instance; a new one counts as healthy. */
  putInstance(serviceId: string, id: string, attributes: Record<string, string>): void {
    const service = this.getService(serviceId);
    const isHealthy = attributes.AWS_INIT_HEALTH_STATUS !== "UNHEALTHY";
    this.#db.run(
      `INSERT INTO instances VALUES (?, ?, ?, ?)
         ON CONFLICT (service_id, id) DO UPDATE SET attributes = excluded.attributes`,
      service.id,
      id,
      JSON.stringify(attributes),
      isHealthy ? 1 : 0,
    );
    this.#revise(service.id);
  }

  /** @throws AwsError `InstanceNotFound` */
  getInstance(serviceId: string, id: string): DiscoveryInstance {
    const service = this.getService(serviceId);
    const row = this.#db.get<InstanceRow>("SELECT * FROM instances WHERE service_id = ? AND id = ?", service.id, id);
    if (!row) throw new AwsError("InstanceNotFound", `The service ${service.name} has no instance ${id}.`);
    return instanceOf(row);
  }

  listInstances(serviceId: string): DiscoveryInstance[] {
    return this.#db
      .all<InstanceRow>("SELECT * FROM instances WHERE service_id = ? ORDER BY id", serviceId)
      .map(instanceOf);
  }

  /** @throws AwsError `InstanceNotFound` */
  deleteInstance(serviceId: string, id: string): void {
    this.getInstance(serviceId, id);
    const service = this.getService(serviceId);
    this.#db.run("DELETE FROM instances WHERE service_id = ? AND id = ?", service.id, id);
    this.#revise(service.id);
  }

  /** @throws AwsError `InstanceNotFound`, `CustomHealthNotFound` for a service that does not take health from outside */
  setHealth(serviceId: string, id: string, isHealthy: boolean): void {
    const service = this.getService(serviceId);
    if (!service.customHealth)
      throw new AwsError("CustomHealthNotFound", `The service ${service.name} has no custom health check.`);
    this.getInstance(service.id, id);
    this.#db.run(
      "UPDATE instances SET is_healthy = ? WHERE service_id = ? AND id = ?",
      isHealthy ? 1 : 0,
      service.id,
      id,
    );
    this.#revise(service.id);
  }

  #revise(serviceId: string): void {
    this.#db.run("UPDATE services SET revision = revision + 1 WHERE id = ?", serviceId);
  }

  /** Grows with each change of a service's instances. */
  revisionOf(serviceId: string): number {
    return this.#db.get<{ revision: number }>("SELECT revision FROM services WHERE id = ?", serviceId)?.revision ?? 0;
  }

  /** What has been done already is told as a finished operation, as clients wait for it. */
  noteOperation(type: string, targets: Record<string, string>): DiscoveryOperation {
    const operation = { id: `${randomUUID()}-${Date.now().toString(36)}`, type, targets, createdMs: Date.now() };
    this.#db.run(
      "INSERT INTO operations VALUES (?, ?, ?)",
      operation.id,
      operation.createdMs,
      JSON.stringify(operation),
    );
    this.#db.run("DELETE FROM operations WHERE created_ms < ?", Date.now() - OPERATION_MS);
    return operation;
  }

  /** @throws AwsError `OperationNotFound` */
  getOperation(id: string): DiscoveryOperation {
    const row = this.#db.get<{ document: string }>("SELECT document FROM operations WHERE id = ?", id);
    if (!row) throw new AwsError("OperationNotFound", `The operation ${id} does not exist.`);
    return JSON.parse(row.document) as DiscoveryOperation;
  }

  close(): void {
    this.#db.close();
  }
}
