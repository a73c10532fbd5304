/** A route's segments: literal, `{name}` (one segment) or `{name+}` (the rest). */
type Node<Value> = {
  literals: Map<string, Node<Value>>;
  parameter?: { name: string; node: Node<Value> };
  greedy?: { name: string; methods: Map<string, Value> };
  methods: Map<string, Value>;
};

export type RouteMatch<Value> =
  | { kind: "found"; value: Value; pathParameters: Record<string, string> }
  /** The resource exists, but not with this method. */
  | { kind: "method"; methods: string[] }
  | { kind: "none" };

const createNode = <Value>(): Node<Value> => ({ literals: new Map(), methods: new Map() });

/** Finds routes the way API Gateway does: literal before `{parameter}` before `{proxy+}`, method before `ANY`. */
export class Router<Value> {
  readonly #root = createNode<Value>();

  /** @throws Error when two routes have the same method and path, or name the same parameter differently */
  add(method: string, path: string, value: Value): void {
    let node = this.#root;
    let { methods } = node;
    for (const segment of path.split("/").filter((part) => part !== "")) {
      const name = /^\{([^}+]+)(\+?)\}$/.exec(segment);
      if (name?.[1] && name[2] === "+") {
        node.greedy ??= { name: name[1], methods: new Map() };
        methods = node.greedy.methods;
        break;
      }
      if (name?.[1]) {
        node.parameter ??= { name: name[1], node: createNode() };
        if (node.parameter.name !== name[1])
          throw new Error(
            `The route ${method} ${path} names a parameter ${name[1]} where another route has ${node.parameter.name}; API Gateway allows one name per place.`,
          );
        node = node.parameter.node;
      } else {
        const next = node.literals.get(segment) ?? createNode<Value>();
        node.literals.set(segment, next);
        node = next;
      }
      methods = node.methods;
    }
    if (methods.has(method)) throw new Error(`The route ${method} ${path} is configured twice.`);
    methods.set(method, value);
  }

  find(method: string, path: string): RouteMatch<Value> {
    const segments = path.split("/").slice(1);
    if (segments.at(-1) === "") segments.pop();
    const seen = new Set<string>();
    const found = this.#walk(this.#root, segments, 0, method, [], seen);
    if (found) return found;
    return seen.size > 0 ? { kind: "method", methods: [...seen] } : { kind: "none" };
  }

  #walk(
    node: Node<Value>,
    segments: readonly string[],
    at: number,
    method: string,
    parameters: readonly (readonly [string, string])[],
    seen: Set<string>,
  ): RouteMatch<Value> | undefined {
    const pick = (methods: Map<string, Value>, all: readonly (readonly [string, string])[]) => {
      const value = methods.get(method) ?? methods.get("ANY");
      for (const name of methods.keys()) seen.add(name);
      return value === undefined
        ? undefined
        : { kind: "found" as const, value, pathParameters: Object.fromEntries(all) };
    };
    if (at === segments.length) return pick(node.methods, parameters);
    const segment = segments[at] ?? "";
    const literal = node.literals.get(segment);
    const byLiteral = literal && this.#walk(literal, segments, at + 1, method, parameters, seen);
    if (byLiteral) return byLiteral;
    if (node.parameter && segment !== "") {
      const more = [...parameters, [node.parameter.name, segment] as const];
      const byParameter = this.#walk(node.parameter.node, segments, at + 1, method, more, seen);
      if (byParameter) return byParameter;
    }
    if (!node.greedy) return undefined;
    return pick(node.greedy.methods, [...parameters, [node.greedy.name, segments.slice(at).join("/")] as const]);
  }
}
