/** Query keys of the panel. A shorter key invalidates everything below it. */
export const indexKeys = {
  all: ["indexes"] as const,
  list: ["indexes", "list"] as const,
  one: (slug: string) => ["indexes", "one", slug] as const,
};
