/** Query keys of the panel. A shorter key invalidates everything below it. */
export const queryKeys = {
  of: (slug: string) => ["queries", slug] as const,
  report: (slug: string, days: number) => ["queries", slug, "report", days] as const,
  list: (slug: string, view: string, q: string, typed: boolean) => ["queries", slug, "list", view, q, typed] as const,
  one: (slug: string, id: string) => ["queries", slug, "one", id] as const,
  answered: (slug: string, buildId: string, text: string) => ["queries", slug, "answered", buildId, text] as const,
};
