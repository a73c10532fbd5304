import type { LocalAwsConfig, TargetConfig } from "../config.ts";
import type { QueuePort } from "../kernel/types.ts";

/**
 * Checks at start what would otherwise fail at the first event: that every function and queue another part names exists.
 * @throws Error naming the part and what it names
 */
export function assertReferencesExist(config: LocalAwsConfig, queues: QueuePort): void {
  const functions = new Set(config.functions.map(({ name }) => name));
  const checkFunction = (owner: string, name: string | undefined) => {
    if (name !== undefined && !functions.has(name))
      throw new Error(
        `${owner} names the function ${name}, which is not configured. Known: ${[...functions].join(", ")}.`,
      );
  };
  const checkQueue = (owner: string, name: string | undefined) => {
    if (name === undefined) return;
    try {
      queues.visibilityTimeoutSeconds(name);
    } catch {
      throw new Error(`${owner} names the queue ${name}, which is not configured.`);
    }
  };
  const checkTarget = (owner: string, target: TargetConfig) => {
    if ("function" in target) checkFunction(owner, target.function);
    else checkQueue(owner, target.queue);
  };
  for (const { name, deadLetterQueue } of config.functions) checkQueue(`The function ${name}`, deadLetterQueue);
  for (const source of config.eventSources) {
    const owner = "queue" in source ? `The event source ${source.queue}` : `The event source ${source.tableStream}`;
    checkFunction(owner, source.function);
    if ("queue" in source) checkQueue(owner, source.queue);
    else checkQueue(owner, source.deadLetterQueue);
  }
  for (const api of config.restApis) {
    for (const route of api.routes)
      if (!route.mock) checkFunction(`The route ${route.method} ${route.path} of API ${api.name}`, route.function);
    for (const authorizer of api.authorizers)
      checkFunction(`The authorizer ${authorizer.name} of API ${api.name}`, authorizer.function);
  }
  for (const api of config.webSocketApis) {
    for (const [key, name] of Object.entries(api.routes)) checkFunction(`The route ${key} of API ${api.name}`, name);
    checkFunction(`The authorizer of API ${api.name}`, api.authorizer);
  }
  for (const rule of config.rules) for (const target of rule.targets) checkTarget(`The rule ${rule.name}`, target);
  for (const schedule of config.schedules) checkTarget(`The schedule ${schedule.name}`, schedule.target);
}
