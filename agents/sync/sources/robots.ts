export type Robots = {
  isAllowed: (pathAndQuery: string) => boolean;
  sitemaps: string[];
};

type Rule = { allow: boolean; pattern: string };

/** `*` stands for anything and a last `$` for the end, as RFC 9309 (2.2.3) has it. Without regular expressions: rules come from outside. */
const matches = (pattern: string, path: string): boolean => {
  const anchored = pattern.endsWith("$");
  const parts = (anchored ? pattern.slice(0, -1) : pattern).split("*");
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (i === 0) {
      if (!path.startsWith(part)) return false;
      at = part.length;
      continue;
    }
    const isLast = i === parts.length - 1;
    const found = anchored && isLast ? path.length - part.length : path.indexOf(part, at);
    if (found < at || (anchored && isLast && !path.endsWith(part))) return false;
    at = found + part.length;
  }
  return !anchored || at === path.length;
};

/** Reads robots.txt for one robot: RFC 9309. Its own group counts, else that of `*`; the longest rule wins, allowing ones on a tie. */
export const parseRobots = (text: string, robot: string): Robots => {
  const groups: { agents: string[]; rules: Rule[] }[] = [];
  const sitemaps: string[] = [];
  let namesAgents = false;
  for (const line of text.slice(0, 512 * 1024).split(/\r?\n|\r/)) {
    const found = /^\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(line.replace(/#.*/, ""));
    if (!found) continue;
    const name = (found[1] ?? "").toLowerCase();
    const value = found[2] ?? "";
    if (name === "sitemap") sitemaps.push(value);
    else if (name === "user-agent") {
      if (!namesAgents) groups.push({ agents: [], rules: [] });
      groups.at(-1)?.agents.push(value.toLowerCase());
      namesAgents = true;
    } else if (name === "allow" || name === "disallow") {
      namesAgents = false;
      if (value) groups.at(-1)?.rules.push({ allow: name === "allow", pattern: value });
    }
  }
  const own = robot.toLowerCase();
  const named = groups.filter(({ agents }) => agents.includes(own));
  const rules = (named.length > 0 ? named : groups.filter(({ agents }) => agents.includes("*"))).flatMap(
    (group) => group.rules,
  );
  return {
    sitemaps,
    isAllowed: (path) => {
      let best: Rule | undefined;
      for (const rule of rules)
        if (
          matches(rule.pattern, path) &&
          (!best ||
            rule.pattern.length > best.pattern.length ||
            (rule.pattern.length === best.pattern.length && rule.allow))
        )
          best = rule;
      return best?.allow ?? true;
    },
  };
};
