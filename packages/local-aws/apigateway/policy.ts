type Statement = { Effect?: unknown; Action?: unknown; Resource?: unknown };

const toList = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string");

/** IAM wildcards: `*` for any run of characters, `?` for one. Linear in the text, whatever the pattern. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      starAt = p;
      p += 1;
      resumeAt = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (starAt >= 0) {
      p = starAt + 1;
      resumeAt += 1;
      t = resumeAt;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}

/**
 * Evaluates an authorizer's policy document for invoking one method: a matching Deny wins, else a matching Allow is
 * needed. Statements with conditions are refused rather than ignored.
 * @throws Error when the document is not a policy
 */
export function evaluatePolicy(document: unknown, methodArn: string): "allow" | "deny" {
  const statements = (document as { Statement?: unknown } | null)?.Statement;
  if (statements === undefined || statements === null) throw new Error("The policy document has no Statement.");
  let isAllowed = false;
  for (const statement of (Array.isArray(statements) ? statements : [statements]) as (Statement & {
    Condition?: unknown;
  })[]) {
    if (statement.Condition !== undefined)
      throw new Error("Policy conditions are not evaluated by the local stand-in.");
    const actions = toList(statement.Action).map((action) => action.toLowerCase());
    const resources = toList(statement.Resource);
    const applies =
      actions.some((action) => matchesWildcard(action, "execute-api:invoke")) &&
      resources.some((resource) => matchesWildcard(resource, methodArn));
    if (!applies) continue;
    if (statement.Effect === "Deny") return "deny";
    if (statement.Effect === "Allow") isAllowed = true;
  }
  return isAllowed ? "allow" : "deny";
}
