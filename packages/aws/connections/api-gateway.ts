import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { clientConfig } from "../client-config.ts";
import { errorName } from "../failures.ts";

/** Sends text to WebSocket connections. False: the connection is gone. */
export const createConnections = (
  endpoint: string,
): { post: (connectionId: string, text: string) => Promise<boolean> } => {
  const client = new ApiGatewayManagementApiClient({ ...clientConfig, endpoint });
  return {
    post: async (ConnectionId, text) => {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId, Data: new TextEncoder().encode(text) }));
        return true;
      } catch (error) {
        if (errorName(error) === "GoneException") return false;
        throw error;
      }
    },
  };
};
