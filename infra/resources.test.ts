import { describe, expect, it } from "vitest";
import { routeGroups } from "../packages/contracts/index.ts";
import { functionOfGroup, functions, type QueueName, queueConsumers, queues, schedules } from "./resources.ts";

describe("resources", () => {
  it("hide a message for at least as long as its function may run, without which AWS refuses the subscription", () => {
    for (const [name, consumer] of Object.entries(queueConsumers))
      expect(queues[name as QueueName].visibilityTimeoutSeconds, name).toBeGreaterThanOrEqual(
        functions[consumer.function].timeoutSeconds,
      );
  });

  it("serve every group of routes within API Gateway's 29 seconds, and name only functions that exist", () => {
    for (const group of routeGroups) {
      expect(functions, group).toHaveProperty(functionOfGroup(group));
      expect(functions[functionOfGroup(group)].timeoutSeconds, group).toBeLessThanOrEqual(29);
    }
    for (const schedule of Object.values(schedules)) expect(functions).toHaveProperty(schedule.function);
  });
});
