import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

/** The console. Security headers and the CSP with its nonce are set in `proxy.ts`, for each request anew. */
const config: NextConfig = {
  // Another folder lets a build be checked while a laptop serves from the usual one.
  distDir: process.env.SAMLA_WEB_DIST_DIR ?? ".next",
  outputFileTracingRoot: fileURLToPath(new URL("..", import.meta.url)),
  turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) },
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  transpilePackages: ["@samla/contracts", "@samla/aws", "@samla/core"],
  serverExternalPackages: [
    "@aws-sdk/client-application-auto-scaling",
    "@aws-sdk/client-cloudformation",
    "@aws-sdk/client-cloudwatch",
    "@aws-sdk/client-cloudwatch-logs",
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-ecr",
    "@aws-sdk/client-ecs",
    "@aws-sdk/client-elastic-load-balancing-v2",
    "@aws-sdk/lib-dynamodb",
  ],
  outputFileTracingIncludes: {
    "/api/agents/*": ["../agents/agent.template.yaml"],
    "/pdfjs/*": ["legacy/build/pdf.worker.min.mjs", "cmaps/*", "standard_fonts/*", "wasm/*", "iccs/*"].map(
      (files) => `../node_modules/pdfjs-dist/${files}`,
    ),
  },
  // Types are checked by `tsc -p web/tsconfig.json`, once, for the whole workspace.
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ["radix-ui", "lucide-react"] },
};

export default config;
