import { nameOf, production } from "./stage.ts";

const metric = (name: string): aws.types.input.wafv2.WebAclVisibilityConfig => ({
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
  metricName: nameOf(name),
});

/** Requests of one address in five minutes before it is refused for a while. The console's BFF is many people's address. */
export const apiRateLimit = production ? 20_000 : 5_000;

/** The firewall of the API; the console has one of its own, at CloudFront. */
export const protectApi = (stageArn: $util.Input<string>): void => {
  const acl = new aws.wafv2.WebAcl("ApiFirewall", {
    name: nameOf("api"),
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: metric("api"),
    rules: [
      {
        name: "rate-per-address",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: apiRateLimit, aggregateKeyType: "IP" } },
        visibilityConfig: metric("rate-per-address"),
      },
      {
        name: "known-bad-inputs",
        priority: 1,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesKnownBadInputsRuleSet" } },
        visibilityConfig: metric("known-bad-inputs"),
      },
    ],
  });
  new aws.wafv2.WebAclAssociation("ApiFirewallOnStage", { resourceArn: stageArn, webAclArn: acl.arn });
};
