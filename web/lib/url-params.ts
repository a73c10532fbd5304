/** How one value of a page's state is written into its address. Methods, so that parameters of any kind fit one type. */
export type UrlParam<T> = {
  /** null: not a value; as if it were not in the address. */
  parse(text: string): T | null;
  serialize(value: T): string;
  eq(a: T, b: T): boolean;
  /** The address is written once typing pauses. */
  typed: boolean;
};
export type UrlParamWithDefault<T> = UrlParam<T> & { defaultValue: T };

type Made<T> = UrlParam<T> & {
  withDefault: (value: NonNullable<T>) => UrlParamWithDefault<T>;
  /** For what is typed: the address follows when typing pauses, the state at once. */
  whileTyping: () => Made<T>;
};

/** A parameter of any kind; `eq` tells values apart that are not the same object. */
export const createParam = <T>(param: {
  parse: UrlParam<T>["parse"];
  serialize: UrlParam<T>["serialize"];
  eq?: UrlParam<T>["eq"];
  typed?: boolean;
}): Made<T> => {
  const whole = { parse: param.parse, serialize: param.serialize, eq: param.eq ?? Object.is, typed: !!param.typed };
  return {
    ...whole,
    withDefault: (defaultValue) => ({ ...whole, defaultValue }),
    whileTyping: () => createParam({ ...whole, typed: true }),
  };
};

export const textParam = createParam<string>({ parse: (text) => text, serialize: (text) => text });

export const numberParam = createParam<number>({
  parse: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : null),
  serialize: String,
});

export const flagParam = createParam<boolean>({
  parse: (text) => (text === "true" ? true : text === "false" ? false : null),
  serialize: String,
});

/** One of a few texts or numbers. */
export const oneOfParam = <const T extends string | number>(values: readonly T[]): Made<T> =>
  createParam<T>({ parse: (text) => values.find((value) => String(value) === text) ?? null, serialize: String });

/** Several values, divided by commas; a comma within one is written as `%2C`. */
export const listParam = <T>(item: Pick<UrlParam<T>, "parse" | "serialize" | "eq">): Made<T[]> =>
  createParam<T[]>({
    parse: (text) =>
      text === ""
        ? []
        : text
            .split(",")
            .map((part) => item.parse(part.replaceAll("%2C", ",")))
            .filter((value) => value !== null),
    serialize: (values) => values.map((value) => item.serialize(value).replaceAll(",", "%2C")).join(","),
    eq: (a, b) => a.length === b.length && a.every((value, n) => item.eq(value, b[n] as T)),
  });

export type UrlParams = Record<string, UrlParam<unknown>>;
export type UrlState<P extends UrlParams> = {
  [K in keyof P]: P[K] extends UrlParamWithDefault<infer T> ? T : P[K] extends UrlParam<infer T> ? T | null : never;
};
/** Values to change; null takes one back to its default. */
export type UrlChange<P extends UrlParams> = {
  [K in keyof P]?: P[K] extends UrlParam<infer T> ? T | null : never;
};

/** A value as it stands in the address: null where it is absent or the default. */
export const writeParam = <T>(param: UrlParam<T> & { defaultValue?: T }, value: T | null): string | null =>
  value === null || (param.defaultValue !== undefined && param.eq(value, param.defaultValue))
    ? null
    : param.serialize(value);

export const readParam = <T>(param: UrlParam<T> & { defaultValue?: T }, text: string | null): T | null =>
  (text === null ? null : param.parse(text)) ?? param.defaultValue ?? null;
