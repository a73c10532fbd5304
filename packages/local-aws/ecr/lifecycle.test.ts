import { describe, expect, it } from "vitest";
import { findExpired, parseLifecyclePolicy } from "./lifecycle.ts";
import type { StoredImage } from "./store.ts";

const dayMs = 86_400_000;
const now = 100 * dayMs;

const image = (name: string, tags: string[], ageDays: number, pulledDaysAgo?: number): StoredImage => ({
  digest: `sha256:${name.padStart(64, "0")}`,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  artifactType: undefined,
  sizeBytes: 1,
  pushedMs: now - ageDays * dayMs,
  pulledMs: pulledDaysAgo === undefined ? undefined : now - pulledDaysAgo * dayMs,
  manifest: Buffer.from("{}"),
  tags,
});

const policy = (...rules: object[]): string =>
  JSON.stringify({ rules: rules.map((rule, i) => ({ rulePriority: i + 1, action: { type: "expire" }, ...rule })) });

const expire = (text: string, images: StoredImage[]): [string, number][] =>
  findExpired(parseLifecyclePolicy(text), images, now).map(({ image: one, rule }) => [
    one.digest.slice(7).replace(/^0+/, ""),
    rule.priority,
  ]);

describe("lifecycle policies", () => {
  it("keep the newest images of a count and expire the rest", () => {
    const text = policy({ selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 2 } });
    expect(expire(text, [image("a", ["1"], 3), image("b", [], 1), image("c", ["2"], 2), image("d", [], 9)])).toEqual([
      ["a", 1],
      ["d", 1],
    ]);
  });

  it("expire untagged images by age and leave tagged ones", () => {
    const text = policy({
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
    });
    expect(expire(text, [image("a", [], 8), image("b", [], 6), image("c", ["v1"], 90)])).toEqual([["a", 1]]);
  });

  it("let an earlier rule keep what a later one would take", () => {
    const text = policy(
      { selection: { tagStatus: "tagged", tagPrefixList: ["prod"], countType: "imageCountMoreThan", countNumber: 1 } },
      { selection: { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 } },
    );
    expect(expire(text, [image("a", ["prod-2"], 10), image("b", ["prod-1"], 20), image("c", ["dev"], 30)])).toEqual([
      ["b", 1],
      ["c", 2],
    ]);
  });

  it("ask that every pattern of a rule matches a tag, with the star anywhere", () => {
    const text = policy({
      selection: {
        tagStatus: "tagged",
        tagPatternList: ["*rc*", "v1.*"],
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 1,
      },
    });
    expect(expire(text, [image("a", ["v1.0-rc2"], 5), image("b", ["v1x0-rc"], 5), image("c", ["v1.0"], 5)])).toEqual([
      ["a", 1],
    ]);
  });

  it("count from the last pull where a rule says so, and from the push where nobody pulled", () => {
    const text = policy({
      selection: { tagStatus: "any", countType: "sinceImagePulled", countUnit: "days", countNumber: 30 },
    });
    expect(expire(text, [image("a", ["x"], 90, 2), image("b", ["y"], 90, 60), image("c", ["z"], 40)])).toEqual([
      ["c", 1],
      ["b", 1],
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["no rules", '{"rules":[]}'],
    ["two equal priorities", '{"rules":[{"rulePriority":1},{"rulePriority":1}]}'],
    [
      "any image before another rule",
      policy(
        { selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 } },
        { selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 1 } },
      ),
    ],
    [
      "tags for untagged",
      policy({
        selection: { tagStatus: "untagged", tagPrefixList: ["a"], countType: "imageCountMoreThan", countNumber: 1 },
      }),
    ],
    [
      "a unit that is missing",
      policy({ selection: { tagStatus: "any", countType: "sinceImagePushed", countNumber: 1 } }),
    ],
  ])("are refused with %s", (_, text) => {
    expect(() => parseLifecyclePolicy(text)).toThrow(/Invalid parameter at 'LifecyclePolicyText'/);
  });
});
