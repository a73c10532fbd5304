import { createMcpHandler } from "@modelcontextprotocol/server";
import type { AgentDefinition } from "@samla/agent-kit";
import manifest from "./agent.json" with { type: "json" };
import { createMcpServer } from "./create-server.ts";
import { serveWeb } from "./serve-web.ts";
import type { McpSettings } from "./settings.ts";

const bodyMaxBytes = 256 * 1024;
/** API Gateway ends an answer that has not begun by then. */
const timeoutMs = 28_000;

/**
 * The agent `mcp`: streamable HTTP at `/mcp`, one server a request and no session, for clients of the protocol's
 * revisions of 2025 and 2026. Every call needs the caller's bearer and acts with its rights.
 */
export const mcpAgent: AgentDefinition = {
  manifest,
  open: ({ api, environment, log, manifest: { version } }) => {
    const settings = environment.settings as McpSettings;
    const handler = createMcpHandler(
      ({ requestInfo }) =>
        createMcpServer({
          client: api.as(requestInfo?.headers.get("authorization") ?? ""),
          settings,
          version,
          log,
        }),
      {
        maxRequestBodySize: bodyMaxBytes,
        onerror: (error) => log("info", "request refused by the protocol", { reason: error.message }),
      },
    );
    return {
      card: {
        skills: [
          {
            id: "search",
            name: "Search documents",
            description: "Finds passages with addresses to cite.",
            tags: ["search", "documents"],
          },
          { id: "fetch", name: "Read a document", description: "Gives a document's text.", tags: ["documents"] },
          { id: "list", name: "List documents and indexes", description: "Shows what there is.", tags: ["documents"] },
        ],
        interfaces: [
          {
            path: "/mcp",
            protocolBinding: "https://modelcontextprotocol.io/specification",
            protocolVersion: "2026-07-28",
          },
        ],
        streaming: true,
        inputModes: ["application/json"],
        outputModes: ["application/json", "text/event-stream"],
      },
      routes: [
        {
          method: "*",
          path: "/mcp",
          bodyMaxBytes,
          timeoutMs,
          handle: async (request) => {
            if (!request.header("authorization"))
              request.outgoing.setHeader("www-authenticate", 'Bearer realm="SAMLA"');
            request.authorization();
            await serveWeb(request, handler.fetch);
          },
        },
      ],
      close: handler.close,
    };
  },
};
