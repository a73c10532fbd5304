import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { clientCallOf, curlOf } from "./call-text.ts";

const call = {
  id: "search.try" as const,
  params: { index: "library" },
  body: { q: `it's "quoted" $HOME \`id\` \\`, buildId: "bld_1" },
};

describe("a copied call", () => {
  it("is one command for a shell, whose words reach curl as they are", () => {
    const text = curlOf(call);
    // A shell takes the command apart as it would for curl, and prints each argument.
    const shown = execFileSync("sh", ["-c", text.replace(/^curl/, "printf '%s\\n----\\n'")], {
      env: { SAMLA_API: "https://api.example/v1", SAMLA_TOKEN: "token", HOME: "/nowhere", NODE_ENV: "test" },
    }).toString();
    const words = shown.split("\n----\n");
    expect(words.slice(0, 5)).toEqual([
      "-X",
      "POST",
      "https://api.example/v1/indexes/library/try",
      "-H",
      "Authorization: Bearer token",
    ]);
    expect(JSON.parse(words[8] ?? "")).toEqual(call.body);
  });

  it("names the route and its parts for the client", () => {
    expect(clientCallOf(call)).toContain('client.call("search.try", {');
    expect(clientCallOf({ id: "indexes.get", params: { index: "a" } })).not.toContain("body");
  });
});
