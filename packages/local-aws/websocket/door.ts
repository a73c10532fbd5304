import type { Credentials } from "../kernel/sigv4.ts";
import type { Door } from "../kernel/types.ts";
import { handleManagement } from "./management.ts";
import { refuseUpgrade, type WebSocketApi } from "./web-socket-api.ts";

/** Serves `/_ws/<api>/<stage>`: upgrades, and `@connections` below it for `ApiGatewayManagementApiClient`. */
export function createWebSocketDoor(apis: readonly WebSocketApi[], credentials: readonly Credentials[]): Door {
  const byPath = new Map(apis.map((api) => [`${api.config.name}/${api.config.stage}`, api]));
  return {
    prefix: "/_ws/",
    async handle(req, res, url) {
      const match = /^\/_ws\/([^/]+\/[^/]+)\/(?:@|%40)connections\/([^/]+)$/i.exec(url.pathname);
      const api = match?.[1] === undefined ? undefined : byPath.get(match[1]);
      if (api && match?.[2]) return handleManagement(api, credentials, req, res, url, decodeURIComponent(match[2]));
      req.resume();
      const isKnown = byPath.has(url.pathname.replace(/^\/_ws\/|\/$/g, ""));
      const body = JSON.stringify({ message: isKnown ? "Connect with a WebSocket client." : "Not Found" });
      res.writeHead(isKnown ? 426 : 404, {
        "content-type": "application/json",
        ...(isKnown && { upgrade: "websocket" }),
      });
      res.end(body);
    },
    upgrade(req, socket, head, url) {
      const api = byPath.get(url.pathname.replace(/^\/_ws\/|\/$/g, ""));
      if (!api) return refuseUpgrade(socket, 404);
      api.upgrade(req, socket, head, url).catch((error: unknown) => {
        console.error(`WebSocket API ${api.config.name}:`, error);
        socket.destroy();
      });
    },
    async close() {
      for (const api of apis) api.close();
    },
  };
}
