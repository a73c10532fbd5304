import { settings } from "./stage.ts";

export const socketStage = "v1";

/** The live timeline. `$connect` takes a one-time ticket that the API gives to signed-in people, so no authorizer stands before it. */
export const socket = new sst.aws.ApiGatewayWebSocket("Events", {
  accessLog: { retention: settings.logRetention },
  transform: {
    stage: (args) => {
      const { destinationArn } = args.accessLogSettings as { destinationArn: $util.Input<string> };
      Object.assign(args, {
        name: socketStage,
        accessLogSettings: {
          destinationArn,
          // The query string carries the ticket: it is not logged.
          format:
            '{"requestId":"$context.requestId","time":"$context.requestTime","event":"$context.eventType","route":"$context.routeKey","connectionId":"$context.connectionId","ip":"$context.identity.sourceIp","status":$context.status}',
        },
        defaultRouteSettings: {
          throttlingRateLimit: 200,
          throttlingBurstLimit: 400,
          loggingLevel: "ERROR",
          dataTraceEnabled: false,
          detailedMetricsEnabled: true,
        },
      });
    },
  },
});

export const socketUrl = $interpolate`${socket.nodes.api.apiEndpoint}/${socketStage}`;
export const socketManagementUrl = socketUrl.apply((url) => url.replace(/^wss:/, "https:"));
