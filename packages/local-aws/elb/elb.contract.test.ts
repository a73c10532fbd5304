import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  DuplicateTargetGroupNameException,
  ModifyListenerCommand,
  ModifyRuleCommand,
  ModifyTargetGroupCommand,
  PriorityInUseException,
  RegisterTargetsCommand,
  ResourceInUseException,
  SetRulePrioritiesCommand,
  TargetGroupNotFoundException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestBalancer, startTarget, startTestBalancing, type TestBalancing } from "./testing.ts";

describe("Elastic Load Balancing", () => {
  let stack: TestBalancing;
  beforeAll(async () => {
    stack = await startTestBalancing();
  });
  afterAll(() => stack.close());

  it("describes balancer, listener, rules and group as they were made", async () => {
    const { client } = stack;
    const made = await createTestBalancer(client, "described");
    const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({ Names: ["described"] }));
    expect(LoadBalancers?.[0]).toMatchObject({
      LoadBalancerArn: made.balancerArn,
      LoadBalancerName: "described",
      Scheme: "internal",
      Type: "application",
      State: { Code: "active" },
    });
    expect(LoadBalancers?.[0]?.CreatedTime).toBeInstanceOf(Date);
    const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: made.balancerArn }));
    expect(Listeners?.[0]).toMatchObject({ ListenerArn: made.listenerArn, Port: 80, Protocol: "HTTP" });
    const { Rules } = await client.send(new DescribeRulesCommand({ ListenerArn: made.listenerArn }));
    expect(Rules?.map(({ Priority, IsDefault }) => [Priority, IsDefault])).toEqual([
      ["10", false],
      ["default", true],
    ]);
    expect(Rules?.[0]?.Conditions?.[0]?.PathPatternConfig?.Values).toEqual([
      "/agents/described",
      "/agents/described/*",
    ]);
    expect(Rules?.[0]?.Actions?.[0]).toMatchObject({ Type: "forward", TargetGroupArn: made.groupArn });
    const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [made.groupArn] }));
    expect(TargetGroups?.[0]).toMatchObject({
      TargetGroupName: "described",
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: "200" },
      LoadBalancerArns: [made.balancerArn],
      TargetType: "ip",
    });
    const { Attributes } = await client.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: made.groupArn }),
    );
    expect(Attributes).toContainEqual({ Key: "deregistration_delay.timeout_seconds", Value: "300" });
  });

  it("changes rules, priorities, checks and defaults in place", async () => {
    const { client } = stack;
    const made = await createTestBalancer(client, "changed");
    const forward = [{ Type: "forward" as const, TargetGroupArn: made.groupArn }];
    const second = await client.send(
      new CreateRuleCommand({
        ListenerArn: made.listenerArn,
        Priority: 20,
        Conditions: [{ Field: "host-header", Values: ["*.example"] }],
        Actions: forward,
      }),
    );
    const RuleArn = second.Rules?.[0]?.RuleArn;
    await client.send(new ModifyRuleCommand({ RuleArn, Conditions: [{ Field: "path-pattern", Values: ["/b?"] }] }));
    const priorities = [
      { RuleArn, Priority: 10 },
      { RuleArn: made.ruleArn, Priority: 20 },
    ];
    await client.send(new SetRulePrioritiesCommand({ RulePriorities: priorities }));
    await client.send(new ModifyListenerCommand({ ListenerArn: made.listenerArn, DefaultActions: forward }));
    const { Rules = [] } = await client.send(new DescribeRulesCommand({ ListenerArn: made.listenerArn }));
    expect(Rules.map(({ RuleArn: arn }) => arn).slice(0, 2)).toEqual([RuleArn, made.ruleArn]);
    expect(Rules[0]?.Conditions?.[0]?.Values).toEqual(["/b?"]);
    expect(Rules[2]?.Actions?.[0]?.Type).toBe("forward");
    await client.send(
      new ModifyTargetGroupCommand({
        TargetGroupArn: made.groupArn,
        HealthCheckPath: "/up",
        Matcher: { HttpCode: "200-299" },
      }),
    );
    const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ Names: ["changed"] }));
    expect(TargetGroups?.[0]).toMatchObject({ HealthCheckPath: "/up", Matcher: { HttpCode: "200-299" } });
  });

  it("refuses with the errors of AWS: names and priorities taken, groups in use or unknown", async () => {
    const { client } = stack;
    const made = await createTestBalancer(client, "refusing");
    const group = { Name: "refusing", Protocol: "HTTP", Port: 1, VpcId: "vpc", TargetType: "ip" } as const;
    await expect(client.send(new CreateTargetGroupCommand(group))).rejects.toBeInstanceOf(
      DuplicateTargetGroupNameException,
    );
    const rule = {
      ListenerArn: made.listenerArn,
      Priority: 10,
      Conditions: [{ Field: "path-pattern", Values: ["/x"] }],
      Actions: [{ Type: "forward" as const, TargetGroupArn: made.groupArn }],
    };
    await expect(client.send(new CreateRuleCommand(rule))).rejects.toBeInstanceOf(PriorityInUseException);
    await expect(client.send(new DeleteTargetGroupCommand({ TargetGroupArn: made.groupArn }))).rejects.toBeInstanceOf(
      ResourceInUseException,
    );
    await expect(
      client.send(new DescribeTargetHealthCommand({ TargetGroupArn: `${made.groupArn}0` })),
    ).rejects.toBeInstanceOf(TargetGroupNotFoundException);
    await expect(
      client.send(
        new RegisterTargetsCommand({ TargetGroupArn: made.groupArn, Targets: [{ Id: "10.0.0.1", Port: 80 }] }),
      ),
    ).rejects.toMatchObject({ name: "InvalidTargetException" });
  });

  it("names what it lacks in a 501 and never does half of it", async () => {
    const { client } = stack;
    const made = await createTestBalancer(client, "lacking");
    for (const call of [
      client.send(new CreateLoadBalancerCommand({ Name: "net", Type: "network" })),
      client.send(
        new CreateListenerCommand({
          LoadBalancerArn: made.balancerArn,
          Protocol: "HTTPS",
          Port: 443,
          DefaultActions: [{ Type: "forward", TargetGroupArn: made.groupArn }],
        }),
      ),
      made.setAttribute("stickiness.enabled", "true"),
    ])
      await expect(call).rejects.toMatchObject({ name: "NotImplemented", $metadata: { httpStatusCode: 501 } });
  });

  it("tags, and deletes a balancer with its listeners and rules", async () => {
    const { client } = stack;
    const made = await createTestBalancer(client, "tagged");
    const Tags = [{ Key: "agent", Value: "a<b>&c" }];
    await client.send(new AddTagsCommand({ ResourceArns: [made.groupArn, made.ruleArn], Tags }));
    const { TagDescriptions } = await client.send(new DescribeTagsCommand({ ResourceArns: [made.groupArn] }));
    expect(TagDescriptions).toEqual([{ ResourceArn: made.groupArn, Tags }]);
    await client.send(new DeleteRuleCommand({ RuleArn: made.ruleArn }));
    await client.send(new DeleteTargetGroupCommand({ TargetGroupArn: made.groupArn }));
    await client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: made.balancerArn }));
    await expect(client.send(new DescribeLoadBalancersCommand({ Names: ["tagged"] }))).rejects.toMatchObject({
      name: "LoadBalancerNotFoundException",
    });
  });

  it("keeps all of it, and the targets registered by API, over a restart", async () => {
    const first = await startTestBalancing();
    const target = await startTarget((_, res) => res.end("still here"));
    const made = await createTestBalancer(first.client, "kept");
    await made.register(target.port);
    await made.untilState(target.port, "healthy");
    first.balancing.targets.register(made.groupArn, { host: "127.0.0.1", port: 1 });
    await first.close({ keep: true });
    const second = await startTestBalancing({ dir: first.dir });
    try {
      const { LoadBalancers } = await second.client.send(new DescribeLoadBalancersCommand({}));
      const address = `http://${LoadBalancers?.[0]?.DNSName}/agents/kept`;
      const health = async () => {
        const { TargetHealthDescriptions = [] } = await second.client.send(
          new DescribeTargetHealthCommand({ TargetGroupArn: made.groupArn }),
        );
        return TargetHealthDescriptions.map(({ Target, TargetHealth }) => [Target?.Port, TargetHealth?.State]);
      };
      await expect.poll(health).toEqual([[target.port, "healthy"]]);
      expect(await (await fetch(address)).text()).toBe("still here");
    } finally {
      await second.close();
      await target.close();
    }
  });
});
