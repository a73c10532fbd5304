import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { RestApi } from "./apigateway/rest-api.ts";
import { createRestDoor } from "./apigateway/rest-door.ts";
import { createApiGatewayService } from "./apigateway/service.ts";
import { USAGE_SCHEMA } from "./apigateway/usage-plans.ts";
import type { LocalAwsConfig } from "./config.ts";
import { createEmitter } from "./eventbridge/put-events.ts";
import { RULE_SCHEMA, RuleStore } from "./eventbridge/rules.ts";
import { createSchedulerService, SCHEDULE_SCHEMA, Scheduler } from "./eventbridge/scheduler.ts";
import { createEventBridgeService } from "./eventbridge/service.ts";
import type { EmitEvent } from "./kernel/container-ports.ts";
import { openDatabase } from "./kernel/sqlite.ts";
import type { Door, Identity, InvokePort, QueuePort, Service, StreamPort } from "./kernel/types.ts";
import { assertReferencesExist } from "./lambda/check-references.ts";
import { createLambda } from "./lambda/index.ts";
import { createLogsService } from "./logs/service.ts";
import { LogStore } from "./logs/store.ts";
import { createWebSocketDoor } from "./websocket/door.ts";
import { CONNECTION_SCHEMA, WebSocketApi } from "./websocket/web-socket-api.ts";

export type ComputeDeps = {
  dir: string;
  identity: Identity;
  /** The stand-in's own address, such as `http://127.0.0.1:4566`. */
  publicUrl: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  config: LocalAwsConfig;
  queues: QueuePort;
  streams: StreamPort;
};

export type Compute = {
  services: Service[];
  doors: Door[];
  invoke: InvokePort;
  /** For other parts that write logs, such as container tasks. */
  logs: LogStore;
  /** Puts an event on the default bus, as the services of AWS do. */
  emit: EmitEvent;
  close(): Promise<void>;
};

/**
 * Starts what runs code and what leads to it: Lambda with its event sources, REST and WebSocket APIs, EventBridge rules
 * and schedules, CloudWatch Logs. All of its state is in the folder `compute` of `dir`.
 * @throws Error naming the cause when the configuration contradicts itself
 */
export async function createCompute(deps: ComputeDeps): Promise<Compute> {
  const { identity, config, queues, streams } = deps;
  const dir = path.join(deps.dir, "compute");
  assertReferencesExist(config, queues);
  mkdirSync(dir, { recursive: true });
  const tmpDir = path.join(dir, "tmp");
  // Temporary folders of environments that did not live to clean up after themselves.
  rmSync(tmpDir, { recursive: true, force: true });
  const logs = new LogStore(path.join(dir, "logs.sqlite"));
  const db = openDatabase(
    path.join(dir, "compute.sqlite"),
    USAGE_SCHEMA + CONNECTION_SCHEMA + RULE_SCHEMA + SCHEDULE_SCHEMA,
  );
  const lambda = createLambda({
    settings: {
      region: identity.region,
      accountId: identity.accountId,
      publicUrl: deps.publicUrl,
      credentials: deps.credentials,
      tmpDir,
      writeLog: (group, stream, message, timestampMs) => logs.write(group, stream, message, timestampMs),
    },
    functions: config.functions,
    eventSources: config.eventSources,
    db,
    queues,
    streams,
  });
  const gatewayDeps = { identity, invoke: lambda.invoke, logs, db };
  const restApis = config.restApis.map((api) => new RestApi(api, gatewayDeps));
  const webSocketApis = config.webSocketApis.map((api) => new WebSocketApi(api, gatewayDeps));
  const rules = new RuleStore(db, config.rules);
  const eventPorts = { invoke: lambda.invoke, queues, identity, rules };
  const scheduler = new Scheduler({ ...eventPorts, db, schedules: config.schedules });
  const services = [
    lambda.service,
    createApiGatewayService(restApis),
    createEventBridgeService(eventPorts),
    createSchedulerService(config.schedules, identity),
    createLogsService(logs, identity),
  ];
  const doors = [createRestDoor(restApis), createWebSocketDoor(webSocketApis, [deps.credentials])];
  lambda.start();
  for (const api of webSocketApis) await api.forgetLost();
  await scheduler.tick();
  return {
    services,
    doors,
    invoke: lambda.invoke,
    logs,
    emit: createEmitter(eventPorts),
    async close() {
      scheduler.close();
      for (const part of [...doors, ...services]) await part.close();
      await lambda.close();
      db.close();
      logs.close();
    },
  };
}
