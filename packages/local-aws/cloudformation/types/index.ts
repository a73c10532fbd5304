import type { ResourceHandler } from "../handler.ts";
import { alarm } from "./alarm.ts";
import { discoveryService } from "./discovery-service.ts";
import { ecsService } from "./ecs-service.ts";
import { listenerRule } from "./listener-rule.ts";
import { logGroup } from "./log-group.ts";
import { scalableTarget, scalingPolicy } from "./scaling.ts";
import { targetGroup } from "./target-group.ts";
import { taskDefinition } from "./task-definition.ts";

/** The resource types that the stand-in makes; any other is refused with its name. */
export const resourceHandlers: Record<string, ResourceHandler> = {
  "AWS::ApplicationAutoScaling::ScalableTarget": scalableTarget,
  "AWS::ApplicationAutoScaling::ScalingPolicy": scalingPolicy,
  "AWS::CloudWatch::Alarm": alarm,
  "AWS::ECS::Service": ecsService,
  "AWS::ECS::TaskDefinition": taskDefinition,
  "AWS::ElasticLoadBalancingV2::ListenerRule": listenerRule,
  "AWS::ElasticLoadBalancingV2::TargetGroup": targetGroup,
  "AWS::Logs::LogGroup": logGroup,
  "AWS::ServiceDiscovery::Service": discoveryService,
};
