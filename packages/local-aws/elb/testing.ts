import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type CloudWatch, createCloudWatch } from "../cloudwatch/index.ts";
import { listenFront } from "../kernel/server.ts";
import { createClientSettings, TEST_ACCOUNT, TEST_CREDENTIALS, TEST_REGION, waitFor } from "../kernel/testing.ts";
import { createLoadBalancing, type LoadBalancing } from "./index.ts";

export type TestBalancing = {
  url: string;
  dir: string;
  client: ElasticLoadBalancingV2Client;
  balancing: LoadBalancing;
  cloudWatch: CloudWatch;
  close(options?: { keep?: boolean }): Promise<void>;
};

/** Balancers and metrics behind a front on a free port, with health checks every 50 ms instead of every 5 s. */
export async function startTestBalancing(options: { dir?: string } = {}): Promise<TestBalancing> {
  const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), "local-aws-elb-")));
  const identity = { region: TEST_REGION, accountId: TEST_ACCOUNT };
  const front = await listenFront({ port: 0, credentials: [TEST_CREDENTIALS] });
  const cloudWatch = createCloudWatch({ dir, identity, emit: () => undefined });
  const { metrics } = cloudWatch;
  const balancing = createLoadBalancing({ dir, identity, publicUrl: front.url, metrics, healthCheckTimeScale: 0.01 });
  front.addService(cloudWatch.service);
  front.addService(balancing.service);
  front.addDoor(balancing.door);
  front.markReady();
  return {
    url: front.url,
    dir,
    client: new ElasticLoadBalancingV2Client(createClientSettings(front.url)),
    balancing,
    cloudWatch,
    async close({ keep = false } = {}) {
      await front.close();
      await balancing.service.close();
      await cloudWatch.service.close();
      if (!keep) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A balancer with a listener on port 80 and one group behind the path `/agents/<name>/*`. */
export async function createTestBalancer(client: ElasticLoadBalancingV2Client, name: string, intervalS = 5) {
  const { LoadBalancers: [balancer] = [] } = await client.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: ["subnet-1", "subnet-2"], Scheme: "internal" }),
  );
  const { Listeners: [listener] = [] } = await client.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [
        {
          Type: "fixed-response",
          FixedResponseConfig: { StatusCode: "404", ContentType: "text/plain", MessageBody: "no" },
        },
      ],
    }),
  );
  const { TargetGroups: [group] = [] } = await client.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: "HTTP",
      Port: 8080,
      VpcId: "vpc-1",
      TargetType: "ip",
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: intervalS,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  );
  const groupArn = group?.TargetGroupArn ?? "";
  const { Rules: [rule] = [] } = await client.send(
    new CreateRuleCommand({
      ListenerArn: listener?.ListenerArn,
      Priority: 10,
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: [`/agents/${name}`, `/agents/${name}/*`] } }],
      Actions: [{ Type: "forward", TargetGroupArn: groupArn }],
    }),
  );
  return {
    balancerArn: balancer?.LoadBalancerArn ?? "",
    listenerArn: listener?.ListenerArn ?? "",
    ruleArn: rule?.RuleArn ?? "",
    groupArn,
    /** The agent's address at the balancer. */
    address: `http://${balancer?.DNSName}/agents/${name}`,
    register: (port: number) =>
      client.send(new RegisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [{ Id: "127.0.0.1", Port: port }] })),
    setAttribute: (Key: string, Value: string) =>
      client.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: groupArn, Attributes: [{ Key, Value }] })),
    async states(): Promise<Record<number, string>> {
      const { TargetHealthDescriptions = [] } = await client.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: groupArn }),
      );
      return Object.fromEntries(
        TargetHealthDescriptions.map(({ Target, TargetHealth }) => [Target?.Port ?? 0, TargetHealth?.State ?? ""]),
      );
    },
    async untilState(port: number, state: string): Promise<void> {
      await waitFor(async () => (await this.states())[port] === state);
    },
  };
}

export type TestTarget = { port: number; server: Server; close(): Promise<void> };

/** A target in this process; `/health` is 200 unless the listener has answered. */
export async function startTarget(listener: RequestListener): Promise<TestTarget> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    port,
    server,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const CHILD = `
const { createServer } = require("node:http");
const server = createServer((req, res) => setTimeout(() => res.end(process.argv[1]), req.url === "/health" ? 0 : 5));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();`;

/** A target that can be killed: a process of its own, which answers with `name`. */
export async function startTargetProcess(name: string): Promise<{ port: number; child: ChildProcess }> {
  const child = spawn(process.execPath, ["-e", CHILD, name], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { port: Number(line.toString()), child };
}
