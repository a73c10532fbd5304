import { AwsError } from "../kernel/errors.ts";
import type { StoredImage } from "./store.ts";

export type LifecycleRule = {
  priority: number;
  description: string;
  tagStatus: "tagged" | "untagged" | "any";
  /** Patterns with `*`; prefixes are patterns that end in one. All of them must match a tag of the image. */
  patterns: string[];
  countType: "imageCountMoreThan" | "sinceImagePushed" | "sinceImagePulled";
  countNumber: number;
};

const refuse = (why: string): never => {
  throw new AwsError("InvalidParameterException", `Invalid parameter at 'LifecyclePolicyText': ${why}`);
};

const readStrings = (value: unknown, name: string): string[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string" && one !== ""))
    return refuse(`${name} must be a list of strings`);
  return value as string[];
};

const readRule = (value: unknown): LifecycleRule => {
  const rule = (value ?? {}) as Record<string, unknown>;
  const selection = (rule.selection ?? {}) as Record<string, unknown>;
  const priority = Number(rule.rulePriority);
  if (!Number.isInteger(priority) || priority < 1) refuse("rulePriority must be a whole number from 1");
  const { tagStatus, countType, countUnit } = selection;
  if (tagStatus !== "tagged" && tagStatus !== "untagged" && tagStatus !== "any")
    return refuse("tagStatus must be tagged, untagged or any");
  if (countType !== "imageCountMoreThan" && countType !== "sinceImagePushed" && countType !== "sinceImagePulled")
    return refuse("countType must be imageCountMoreThan, sinceImagePushed or sinceImagePulled");
  const countNumber = Number(selection.countNumber);
  if (!Number.isInteger(countNumber) || countNumber < 1) refuse("countNumber must be a whole number from 1");
  if (countType !== "imageCountMoreThan" && countUnit !== "days") refuse("countUnit must be days");
  if ((rule.action as { type?: unknown } | undefined)?.type !== "expire") refuse("the only action is expire");
  const prefixes = readStrings(selection.tagPrefixList, "tagPrefixList");
  const patterns = [...readStrings(selection.tagPatternList, "tagPatternList"), ...prefixes.map((one) => `${one}*`)];
  if (tagStatus === "tagged" && patterns.length === 0) refuse("tagged rules need tagPrefixList or tagPatternList");
  if (tagStatus !== "tagged" && patterns.length > 0) refuse(`${tagStatus} rules take no tag lists`);
  return { priority, description: String(rule.description ?? ""), tagStatus, patterns, countType, countNumber };
};

/**
 * Reads a lifecycle policy (https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html).
 * @throws AwsError `InvalidParameterException` naming what is wrong
 */
export const parseLifecyclePolicy = (text: string): LifecycleRule[] => {
  let value: { rules?: unknown };
  try {
    value = JSON.parse(text) as { rules?: unknown };
  } catch {
    return refuse("it is not JSON");
  }
  if (!Array.isArray(value?.rules) || value.rules.length === 0) return refuse("it has no rules");
  const rules = value.rules.map(readRule).sort((a, b) => a.priority - b.priority);
  for (const [i, rule] of rules.entries()) {
    if (rule.priority === rules[i + 1]?.priority) refuse(`two rules have the priority ${rule.priority}`);
    if (rule.tagStatus === "any" && i < rules.length - 1) refuse("a rule for any image must have the last priority");
  }
  return rules;
};

const matchesPattern = (tag: string, pattern: string): boolean => {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
};

const selects = (rule: LifecycleRule, image: StoredImage): boolean => {
  if (rule.tagStatus === "any") return true;
  if (rule.tagStatus === "untagged") return image.tags.length === 0;
  return rule.patterns.every((pattern) => image.tags.some((tag) => matchesPattern(tag, pattern)));
};

/**
 * Which images a policy expires, and by which rule. An image belongs to the first rule, by priority, that selects it, and
 * no later one may expire it, as ECR documents. Counts keep the images pushed last.
 */
export const findExpired = (
  rules: readonly LifecycleRule[],
  images: readonly StoredImage[],
  nowMs: number,
): { image: StoredImage; rule: LifecycleRule }[] => {
  const expired: { image: StoredImage; rule: LifecycleRule }[] = [];
  const taken = new Set<string>();
  for (const rule of rules) {
    const mine = images
      .filter((image) => !taken.has(image.digest) && selects(rule, image))
      .sort((a, b) => b.pushedMs - a.pushedMs || (a.digest < b.digest ? -1 : 1));
    for (const [i, image] of mine.entries()) {
      taken.add(image.digest);
      const sinceMs = rule.countType === "sinceImagePulled" ? (image.pulledMs ?? image.pushedMs) : image.pushedMs;
      const goes =
        rule.countType === "imageCountMoreThan"
          ? i >= rule.countNumber
          : nowMs - sinceMs > rule.countNumber * 86_400_000;
      if (goes) expired.push({ image, rule });
    }
  }
  return expired;
};
