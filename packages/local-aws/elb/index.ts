import { mkdirSync } from "node:fs";
import path from "node:path";
import type { MetricPort, TargetPort } from "../kernel/container-ports.ts";
import { createQueryService } from "../kernel/query-protocol.ts";
import type { Door, Identity, Service } from "../kernel/types.ts";
import { createBalancerOperations } from "./balancer-operations.ts";
import { serveRequest } from "./data-plane.ts";
import { createGroupOperations } from "./group-operations.ts";
import { createListenerOperations } from "./listener-operations.ts";
import { ElbState } from "./state.ts";
import { Targets } from "./targets.ts";

export const BALANCER_PREFIX = "/_elb/";

export type LoadBalancing = {
  service: Service;
  /** The way through the balancers: `/_elb/<name>/…` for port 80, `/_elb/<name>:<port>/…` for others. */
  door: Door;
  targets: TargetPort;
};

/**
 * Elastic Load Balancing v2, application balancers over HTTP (`2015-12-01`, query protocol, scope
 * `elasticloadbalancing`). Requests go to healthy targets only; one that is refused before it was sent goes to the next.
 * @param healthCheckTimeScale shortens the interval between health checks, of which AWS wants 5 s at least
 */
export function createLoadBalancing(options: {
  dir: string;
  identity: Identity;
  publicUrl: string;
  metrics: MetricPort;
  healthCheckTimeScale?: number;
}): LoadBalancing {
  const { identity, metrics } = options;
  const dir = path.join(options.dir, "elb");
  mkdirSync(dir, { recursive: true });
  const state = new ElbState(path.join(dir, "elb.sqlite"), identity);
  const targets = new Targets({ state, metrics, timeScale: options.healthCheckTimeScale ?? 1 });
  // With this, `http://<DNSName>/<path>` works as in AWS.
  const dnsNameOf = (name: string) => `${new URL(options.publicUrl).host}${BALANCER_PREFIX}${name}`;
  const service = createQueryService({
    name: "ElasticLoadBalancingV2",
    scopes: ["elasticloadbalancing"],
    xmlNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    operations: {
      ...createBalancerOperations(state, dnsNameOf),
      ...createListenerOperations(state),
      ...createGroupOperations(state, targets),
    },
    async close() {
      targets.close();
      state.close();
    },
  });
  const door: Door = {
    prefix: BALANCER_PREFIX,
    async handle(req, res) {
      const [, name = "", port = "80", rest = ""] =
        /^\/+_elb\/([^/:?]+)(?::(\d+))?([/?].*)?$/.exec(req.url ?? "") ?? [];
      const balancer = state.list("balancer").find((one) => one.name === name);
      const listener =
        balancer && state.list("listener").find((one) => one.balancerArn === balancer.arn && one.port === Number(port));
      if (!listener) {
        req.resume();
        res.writeHead(502, { "content-type": "text/plain" }).end(`There is no load balancer ${name} on port ${port}.`);
        return;
      }
      const target = rest.startsWith("/") ? rest : `/${rest}`;
      await serveRequest({ state, targets, metrics }, listener, balancer, { req, res, path: target });
    },
    close: async () => undefined,
  };
  return { service, door, targets };
}
