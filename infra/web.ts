import { agentPassage } from "../packages/contracts/index.ts";
import { agentPlatform } from "./agents.ts";
import { apiUrl } from "./api.ts";
import { consoleClient, issuerUrl } from "./auth.ts";
import { grantsOf } from "./grants.ts";
import { router } from "./router.ts";
import { socketUrl } from "./socket.ts";
import { production } from "./stage.ts";
import { agentRows, catalog, documents, sessions } from "./storage.ts";

/** Seals sessions and signs cookies. `SAMLA_SESSION_GENERATION=2` makes another, which signs everybody out. */
const sessionSecret = new random.RandomPassword("SessionSecret", {
  length: 48,
  special: false,
  keepers: { generation: process.env.SAMLA_SESSION_GENERATION ?? "1" },
});

/** Of `wss://host/stage`; the browser may connect to the host. */
const socketOrigin = socketUrl.apply((url) => url.split("/").slice(0, 3).join("/"));

export const publicUrl = router.url;

/**
 * What CloudFront waits for the first byte, and between two; 60 s is its most without a raised quota. The console gives up
 * earlier and says so. An answer that is streamed may take as long as the way to agents allows.
 */
const firstByte = "60 seconds";
const wholeAnswer = `${agentPassage.streamTimeoutMs / 1000} seconds` as const;

/** The console and its BFF, built by OpenNext: one Lambda function behind CloudFront, static files from a bucket. */
export const web = new sst.aws.Nextjs("Web", {
  path: "web",
  buildCommand: "node ../scripts/aws/build-console.mjs",
  router: { instance: router },
  server: { runtime: "nodejs24.x", architecture: "x86_64", memory: "1024 MB", timeout: firstByte },
  environment: {
    SAMLA_PUBLIC_URL: publicUrl,
    SAMLA_API_URL: apiUrl,
    SAMLA_ISSUER_URL: issuerUrl,
    SAMLA_CLIENT_ID: consoleClient.id,
    SAMLA_CLIENT_SECRET: consoleClient.secret,
    SAMLA_SESSION_SECRET: sessionSecret.result,
    SAMLA_SESSIONS_TABLE: sessions.name,
    SAMLA_AGENTS_TABLE: agentRows.name,
    SAMLA_CATALOG_TABLE: catalog.name,
    SAMLA_AGENT_PLATFORM: agentPlatform,
    SAMLA_CONNECT_ORIGINS: $interpolate`https://${documents.nodes.bucket.bucketRegionalDomainName} ${socketOrigin}`,
  },
  invalidation: { wait: production, paths: "all" },
  assets: { purge: false },
  transform: {
    server: (args) => {
      // SST also grants writing to the bucket of static files and flushing every distribution; the console does neither.
      args.permissions = grantsOf("web");
      args.timeout = wholeAnswer;
    },
    assets: { transform: { bucket: { forceDestroy: true } } },
  },
});
