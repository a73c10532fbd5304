import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { searchKeys } from "./keys.ts";

describe("search keys", () => {
  it("are all reached by the prefix", async () => {
    const client = new QueryClient();
    const keys = [searchKeys.results(undefined), searchKeys.suggestions("a", ["x"]), searchKeys.indexes()];
    for (const key of keys) client.setQueryData(key, 1);
    await client.invalidateQueries({ queryKey: searchKeys.all });
    for (const key of keys) expect(client.getQueryState(key)?.isInvalidated).toBe(true);
  });
});
