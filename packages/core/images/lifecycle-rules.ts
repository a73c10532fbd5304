import { type ImageItem, keepTagPrefix, type LifecycleRule, LifecycleRules } from "@samla/contracts";

type Image = Pick<ImageItem, "digest" | "tags" | "pushedAt" | "pulledAt">;

/** An image with a tag of this rule belongs to it, and no rule of a lower priority may take it (ECR's own evaluation). */
const keepRule = {
  rulePriority: 1,
  description: "SAMLA: images that run, are pinned or can be rolled back to stay",
  selection: {
    tagStatus: "tagged",
    tagPatternList: [`${keepTagPrefix}*`],
    countType: "imageCountMoreThan",
    countNumber: 100_000,
  },
  action: { type: "expire" },
} as const;

/** Priorities of people's rules begin here and go up in tens. */
const firstPriority = 10;

/** The policy as ECR takes it: people's rules behind the one that keeps; undefined without rules. */
export const policyOf = (rules: readonly LifecycleRule[]): string | undefined =>
  rules.length === 0
    ? undefined
    : JSON.stringify({
        rules: [
          keepRule,
          ...rules.map((rule, i) => ({
            rulePriority: firstPriority + i * 10,
            description: rule.description,
            selection: {
              tagStatus: rule.tagStatus,
              ...(rule.tagStatus === "tagged" ? { tagPatternList: rule.tagPatterns } : {}),
              countType: rule.countType,
              ...(rule.countType === "imageCountMoreThan" ? {} : { countUnit: "days" }),
              countNumber: rule.countNumber,
            },
            action: { type: "expire" },
          })),
        ],
      });

/** Rules of a policy in the order of priority, without the one that keeps; undefined when it has what SAMLA does not know. */
export const rulesOf = (text: string | undefined): { rules: LifecycleRule[]; keepsProtected: boolean } | undefined => {
  if (text === undefined) return { rules: [], keepsProtected: true };
  type Stored = {
    rulePriority: number;
    description?: string;
    selection: Record<string, unknown>;
    action?: { type?: string };
  };
  const stored = (JSON.parse(text) as { rules: Stored[] }).rules.sort((a, b) => a.rulePriority - b.rulePriority);
  const isKeep = ({ selection }: Stored): boolean =>
    JSON.stringify(selection.tagPatternList) === JSON.stringify(keepRule.selection.tagPatternList) &&
    Number(selection.countNumber) >= keepRule.selection.countNumber;
  const keepsProtected = stored[0] !== undefined && isKeep(stored[0]);
  const parsed = LifecycleRules.safeParse(
    (keepsProtected ? stored.slice(1) : stored).map(({ description, selection, action }) => ({
      description: description ?? "",
      tagStatus: action?.type === "expire" ? selection.tagStatus : undefined,
      tagPatterns: [
        ...((selection.tagPatternList as string[] | undefined) ?? []),
        ...((selection.tagPrefixList as string[] | undefined) ?? []).map((prefix) => `${prefix}*`),
      ],
      countType: selection.countType,
      countNumber: selection.countNumber,
    })),
  );
  return parsed.success ? { rules: parsed.data, keepsProtected } : undefined;
};

const matches = (tag: string, pattern: string): boolean => {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
};

const selects = (rule: LifecycleRule, image: Image): boolean =>
  rule.tagStatus === "any" ||
  (rule.tagStatus === "untagged"
    ? image.tags.length === 0
    : rule.tagPatterns.every((pattern) => image.tags.some((tag) => matches(tag, pattern))));

/**
 * Images that rules take now, with the number of the rule (0 is the first). An image belongs to the first rule that selects
 * it; counts keep what was pushed last; ages are those of
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html.
 */
export const findExpired = <T extends Image>(
  rules: readonly LifecycleRule[],
  images: readonly T[],
  nowMs: number,
): { image: T; rule: number }[] => {
  const taken = new Set<string>();
  return rules.flatMap((rule, number) => {
    const mine = images
      .filter((image) => !taken.has(image.digest) && selects(rule, image))
      .sort((a, b) => Date.parse(b.pushedAt) - Date.parse(a.pushedAt) || (a.digest < b.digest ? -1 : 1));
    for (const { digest } of mine) taken.add(digest);
    const sinceMs = (image: T): number =>
      Date.parse(rule.countType === "sinceImagePulled" ? (image.pulledAt ?? image.pushedAt) : image.pushedAt);
    const goes = (image: T, i: number): boolean =>
      rule.countType === "imageCountMoreThan"
        ? i >= rule.countNumber
        : nowMs - sinceMs(image) > rule.countNumber * 86_400_000;
    return mine.filter(goes).map((image) => ({ image, rule: number }));
  });
};

/** What rules take when some images are protected: these neither go nor count. */
export const simulateRules = <T extends Image>(
  rules: readonly LifecycleRule[],
  images: readonly T[],
  isProtected: (image: T) => boolean,
  nowMs: number,
): { expires: { image: T; rule: number }[]; spared: { image: T; rule: number }[] } => ({
  expires: findExpired(
    rules,
    images.filter((image) => !isProtected(image)),
    nowMs,
  ),
  spared: findExpired(rules, images, nowMs).filter(({ image }) => isProtected(image)),
});
