import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = globSync(".github/workflows/*.yml", { cwd: root });

describe.each(files)("%s", (file) => {
  const text = readFileSync(join(root, file), "utf8");

  it("runs actions by the digest of their commit, with the version beside it", () => {
    const uses = [...text.matchAll(/uses:\s*(.+)$/gm)].map(([, one = ""]) => one);
    expect(uses.length).toBeGreaterThan(0);
    for (const one of uses) expect(one).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("has no rights but those that a job asks for, and no key of AWS", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text).not.toMatch(/: write-all|contents: write|AWS_SECRET_ACCESS_KEY|aws-secret-access-key/);
    for (const job of text
      .split(/^ {2}(?=[\w-]+:$)/m)
      .slice(1)
      .filter((one) => one.includes("runs-on:"))) {
      expect(job, job.slice(0, 20)).toMatch(/^ {4}permissions:$/m);
      expect(job, job.slice(0, 20)).toMatch(/timeout-minutes: \d+/);
    }
  });

  it("never mixes text that others write into a command", () => {
    for (const [, command = ""] of text.matchAll(/run:\s*(.+)$/gm))
      expect(command).not.toMatch(/github\.(head_ref|event\.pull_request\.(title|body|head))/);
  });

  it("gives the account's role to pull requests of this repository only", () => {
    for (const job of text.split(/^ {2}(?=[\w-]+:$)/m).filter((one) => one.includes("id-token: write")))
      expect(job, job.slice(0, 20)).toMatch(/head\.repo\.full_name == github\.repository|event_name != 'pull_request'/);
  });
});
