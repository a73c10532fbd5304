import { join } from "node:path";
import { buildDir, stateDir } from "../build.ts";

/** Addresses, names and keys of the laptop. Nothing here is secret: it all listens on loopback only. */
export const createSettings = (ports: { web: number; aws: number }) => {
  const publicUrl = `http://127.0.0.1:${ports.web}`;
  const awsUrl = `http://127.0.0.1:${ports.aws}`;
  return {
    ports,
    publicUrl,
    awsUrl,
    region: "eu-central-1",
    accountId: "000000000000",
    credentials: { accessKeyId: "AKIASAMLALAPTOP00000", secretAccessKey: "samla-laptop-loopback-only" },
    dataDir: join(stateDir, "aws"),
    engineDir: join(stateDir, "engine"),
    cacheDir: join(buildDir, "cache"),
    modelDir: join(buildDir, "models"),
    bucket: "samla-documents",
    catalogTable: "samla-catalog",
    sessionsTable: "samla-sessions",
    agentsTable: "samla-agents",
    stage: "laptop",
    agentsCluster: "samla-laptop-agents",
    apiUrl: `${awsUrl}/_api/samla/v1`,
    socketUrl: `ws://127.0.0.1:${ports.aws}/_ws/samla-events/v1`,
    socketManagementUrl: `${awsUrl}/_ws/samla-events/v1`,
    issuerUrl: `${awsUrl}/_oidc`,
    audience: "https://samla.dev/api",
    consoleClientId: "samla-console",
    /** Keys of the usage plans; the authorizer names them. */
    usageKeys: { person: "samla-laptop-people-plan", machine: "samla-laptop-machines-plan" },
    agentsBalancer: "samla-laptop-agents",
    machineClientId: "samla-machine",
    machineClientSecret: "samla-machine-loopback-only",
    /** Account of the agent `sync`: an editor, no more. */
    syncClientId: "samla-sync",
    syncClientSecret: "samla-sync-loopback-only",
  };
};

export type Settings = ReturnType<typeof createSettings>;

/** People who may sign in on the laptop, one a role; two are of a group, for documents that not everyone may read. */
export const accounts = [
  { username: "ada", password: "ada", name: "Ada Admin", groups: ["admin"] },
  { username: "edith", password: "edith", name: "Edith Editor", groups: ["editor", "legal"] },
  { username: "otto", password: "otto", name: "Otto Operator", groups: ["operator"] },
  { username: "rita", password: "rita", name: "Rita Reader", groups: ["reader", "legal"] },
] as const;
