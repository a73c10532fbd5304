import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { viewerKeys } from "./keys.ts";

describe("viewer keys", () => {
  it("of one document are reached by its prefix, those of another are not", async () => {
    const client = new QueryClient();
    const mine = [
      viewerKeys.document("a"),
      viewerKeys.content("a", "v", "source"),
      viewerKeys.extraction("a", "v"),
      viewerKeys.passage("a", "v", 3),
      viewerKeys.passages("a", "v"),
      viewerKeys.hits("a", "i", "q"),
    ];
    const other = viewerKeys.document("b");
    for (const key of [...mine, other]) client.setQueryData(key, 1);
    await client.invalidateQueries({ queryKey: [...viewerKeys.all, "a"] });
    for (const key of mine) expect(client.getQueryState(key)?.isInvalidated).toBe(true);
    expect(client.getQueryState(other)?.isInvalidated).toBe(false);
  });
});
