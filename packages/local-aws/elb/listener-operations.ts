import type { QueryInput, QueryOperation } from "../kernel/query-protocol.ts";
import { describeAction, describeCondition, readAction, readConditions } from "./actions.ts";
import {
  assertMembers,
  lacks,
  paginate,
  readObjects,
  readOptionalNumber,
  readOptionalText,
  readTags,
  readText,
  readTexts,
  refuse,
} from "./input.ts";
import { createSuffix, type ElbState, type Listener, type Rule } from "./state.ts";

const describeListener = (listener: Listener) => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: listener.balancerArn,
  Port: listener.port,
  Protocol: listener.protocol,
  DefaultActions: [describeAction(listener.defaultAction)],
});

const describeRule = (rule: Rule) => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  Conditions: rule.conditions.map(describeCondition),
  Actions: [describeAction(rule.action)],
  IsDefault: false,
});

const describeDefault = (listener: Listener) => ({
  RuleArn: `${listener.arn.replace(":listener/", ":listener-rule/")}/default`,
  Priority: "default",
  Conditions: [],
  Actions: [describeAction(listener.defaultAction)],
  IsDefault: true,
});

function assertProtocol(input: QueryInput): void {
  const protocol = readOptionalText(input, "Protocol") ?? "HTTP";
  if (protocol !== "HTTP") throw lacks(`listeners with the protocol ${protocol}`);
}

/** Listeners and their rules. */
export function createListenerOperations(state: ElbState): Record<string, QueryOperation> {
  const assertPortFree = (balancerArn: string, port: number, own?: string): void => {
    const taken = state
      .list("listener")
      .some((one) => one.balancerArn === balancerArn && one.port === port && one.arn !== own);
    if (taken) throw refuse("A listener already exists on this port for this load balancer", "DuplicateListener");
  };
  const assertPriorityFree = (listenerArn: string, priority: number, own?: string): void => {
    if (state.rulesOf(listenerArn).some((rule) => rule.priority === priority && rule.arn !== own))
      throw refuse(`Priority '${priority}' is currently in use`, "PriorityInUse");
  };
  const readPriority = (input: QueryInput): number => {
    const priority = readOptionalNumber(input, "Priority", 1, 50_000);
    if (priority === undefined) throw refuse("The member Priority is required.");
    return priority;
  };
  return {
    CreateListener: (input) => {
      assertMembers("CreateListener", input, ["LoadBalancerArn", "Protocol", "Port", "DefaultActions", "Tags"]);
      assertProtocol(input);
      const balancer = state.get("balancer", readText(input, "LoadBalancerArn"));
      const port = readOptionalNumber(input, "Port", 1, 65_535);
      if (port === undefined) throw refuse("The member Port is required.");
      assertPortFree(balancer.arn, port);
      const listener = state.save("listener", {
        arn: `${balancer.arn.replace(":loadbalancer/", ":listener/")}/${createSuffix()}`,
        balancerArn: balancer.arn,
        port,
        protocol: "HTTP",
        defaultAction: readAction(state, input, "DefaultActions"),
        tags: readTags(input),
      });
      return { Listeners: [describeListener(listener)] };
    },
    DescribeListeners: (input) => {
      const arns = readTexts(input, "ListenerArns");
      const balancerArn = readOptionalText(input, "LoadBalancerArn");
      if (balancerArn !== undefined) state.get("balancer", balancerArn);
      const rows = arns?.length
        ? arns.map((arn) => state.get("listener", arn))
        : state.list("listener").filter((one) => balancerArn === undefined || one.balancerArn === balancerArn);
      const { page, NextMarker } = paginate(rows, input);
      return { Listeners: page.map(describeListener), NextMarker };
    },
    ModifyListener: (input) => {
      assertMembers("ModifyListener", input, ["ListenerArn", "Protocol", "Port", "DefaultActions"]);
      assertProtocol(input);
      const listener = state.get("listener", readText(input, "ListenerArn"));
      const port = readOptionalNumber(input, "Port", 1, 65_535) ?? listener.port;
      assertPortFree(listener.balancerArn, port, listener.arn);
      const defaultAction = input.DefaultActions ? readAction(state, input, "DefaultActions") : listener.defaultAction;
      return { Listeners: [describeListener(state.save("listener", { ...listener, port, defaultAction }))] };
    },
    DeleteListener: (input) => {
      const { arn } = state.get("listener", readText(input, "ListenerArn"));
      state.transaction(() => {
        for (const rule of state.rulesOf(arn)) state.delete("rule", rule.arn);
        state.delete("listener", arn);
      });
    },
    CreateRule: (input) => {
      assertMembers("CreateRule", input, ["ListenerArn", "Conditions", "Priority", "Actions", "Tags"]);
      const listener = state.get("listener", readText(input, "ListenerArn"));
      const priority = readPriority(input);
      assertPriorityFree(listener.arn, priority);
      const conditions = readConditions(input);
      if (!conditions?.length) throw refuse("A rule must have at least one condition");
      const rule = state.save("rule", {
        arn: `${listener.arn.replace(":listener/", ":listener-rule/")}/${createSuffix()}`,
        listenerArn: listener.arn,
        priority,
        conditions,
        action: readAction(state, input, "Actions"),
        tags: readTags(input),
      });
      return { Rules: [describeRule(rule)] };
    },
    DescribeRules: (input) => {
      const arns = readTexts(input, "RuleArns");
      if (arns?.length) return { Rules: arns.map((arn) => describeRule(state.get("rule", arn))) };
      const listener = state.get("listener", readText(input, "ListenerArn"));
      const rows = [...state.rulesOf(listener.arn).map(describeRule), describeDefault(listener)];
      const { page, NextMarker } = paginate<object>(rows, input);
      return { Rules: page, NextMarker };
    },
    ModifyRule: (input) => {
      assertMembers("ModifyRule", input, ["RuleArn", "Conditions", "Actions"]);
      const rule = state.get("rule", readText(input, "RuleArn"));
      const conditions = readConditions(input) ?? rule.conditions;
      const action = input.Actions ? readAction(state, input, "Actions") : rule.action;
      return { Rules: [describeRule(state.save("rule", { ...rule, conditions, action }))] };
    },
    SetRulePriorities: (input) => {
      const pairs = readObjects(input, "RulePriorities") ?? [];
      const changed = pairs.map((pair) => ({
        ...state.get("rule", readText(pair, "RuleArn")),
        priority: readPriority(pair),
      }));
      const isChanged = new Set(changed.map(({ arn }) => arn));
      for (const { listenerArn, priority, arn } of changed) {
        const others = [...state.rulesOf(listenerArn).filter((rule) => !isChanged.has(rule.arn)), ...changed];
        if (others.some((rule) => rule.listenerArn === listenerArn && rule.priority === priority && rule.arn !== arn))
          throw refuse(`Priority '${priority}' is currently in use`, "PriorityInUse");
      }
      state.transaction(() => {
        for (const rule of changed) state.save("rule", rule);
      });
      return { Rules: changed.map(describeRule) };
    },
    DeleteRule: (input) => {
      const arn = readText(input, "RuleArn");
      if (arn.endsWith("/default")) throw refuse("Default rule cannot be deleted", "OperationNotPermitted");
      state.delete("rule", state.get("rule", arn).arn);
    },
  };
}
