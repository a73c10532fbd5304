import { createExpressionReader } from "./expression-reader.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { type DocumentPath, readPath, requireSeparatePaths } from "./paths.ts";
import type { AttributeValue, Item } from "./values.ts";

/** Paths of a ProjectionExpression. Throws ValidationException. */
export function parseProjection(source: string, scope: ExpressionScope): DocumentPath[] {
  const reader = createExpressionReader(source, "ProjectionExpression", scope);
  const paths = [reader.readPath()];
  while (reader.accept(",")) paths.push(reader.readPath());
  if (!reader.isAtEnd()) throw reader.failSyntax();
  requireSeparatePaths(paths, "ProjectionExpression");
  return paths;
}

type Branch = Map<string | number, Branch | AttributeValue>;

/** Only what the paths name, in its nesting; places of a list move together, as DynamoDB does. */
export function projectItem(item: Item, paths: readonly DocumentPath[]): Item {
  const root: Branch = new Map();
  for (const path of paths) {
    const value = readPath(item, path);
    if (value === undefined) continue;
    let branch = root;
    for (const step of path.slice(0, -1)) {
      const known = branch.get(step);
      const below = known instanceof Map ? known : new Map();
      branch.set(step, below);
      branch = below;
    }
    branch.set(path[path.length - 1] ?? path[0], value);
  }
  return Object.fromEntries([...root].map(([name, entry]) => [name, toAttribute(entry)]));
}

function toAttribute(entry: Branch | AttributeValue): AttributeValue {
  if (!(entry instanceof Map)) return entry;
  const entries = [...entry];
  if (entries.some(([step]) => typeof step === "number")) {
    return {
      L: entries.sort(([left], [right]) => Number(left) - Number(right)).map(([, below]) => toAttribute(below)),
    };
  }
  return { M: Object.fromEntries(entries.map(([name, below]) => [name, toAttribute(below)])) };
}
