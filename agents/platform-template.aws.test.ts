import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStack } from "../infra/testing/stack.ts";
import { root } from "../infra/testing/unpack-platform.ts";
import { parseTemplate, validateTemplate } from "../infra/testing/validate-template.ts";
import { renderPlatform } from "../scripts/aws/render-template.ts";

const template = renderPlatform(readStack("production"));

describe("the agents' platform as CloudFormation alone", () => {
  it("passes the validator of AWS", () => {
    expect(validateTemplate(template)).toEqual([]);
  });

  it("offers what an agent's stack asks for", () => {
    const agent = parseTemplate(readFileSync(join(root, "agents/agent.template.yaml"), "utf8"));
    const offered = Object.keys(template.Outputs ?? {}).filter((name) => name !== "StackRoleArn");
    for (const name of offered) expect(Object.keys(agent.Parameters)).toContain(name);
  });

  it("grants what the SST program grants, and names no account, region or stage of its own", () => {
    const text = JSON.stringify(template);
    expect(text).not.toMatch(/123456789012|eu-central-1|samla-production|samla\/production/);
    for (const { role, statements } of readStack("production")
      .roles()
      .filter((one) => /^Agent/.test(one.role.name)))
      for (const statement of statements)
        for (const action of [statement.Action ?? []].flat())
          expect(JSON.stringify(template.Resources[role.name]), role.name).toContain(`"${action}"`);
  });
});
