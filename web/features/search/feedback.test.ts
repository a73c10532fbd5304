import type { QueryId, SearchHit } from "@samla/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { giveThumb, tellOpened, thumbOf } from "./feedback.ts";

const queryId = "qry_01J00000000000000000000000" as QueryId;
const hit = { index: "manuals", passageId: "psg_01J00000000000000000000000_0" } as SearchHit;
const sent: { url: string; body: unknown }[] = [];
const answer = vi.fn(async () => new Response(null, { status: 204 }));

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    sent.push({ url, body: JSON.parse(String(init.body)) });
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("feedback on a hit", () => {
  it("is sent with the place in the whole result, and a thumb taken back is told too", async () => {
    tellOpened(queryId, hit, 23);
    giveThumb("pumps", queryId, hit, 2000, "up");
    expect(thumbOf("pumps", hit)).toBe("up");
    expect(thumbOf("valves", hit)).toBeUndefined();
    const asked = "qry_01J00000000000000000000009" as QueryId;
    giveThumb("pumps", asked, hit, undefined, undefined);
    expect(thumbOf("pumps", hit)).toBeUndefined();
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    for (const one of sent) expect(one.url).toContain(`/queries/${queryId}/feedback`);
    expect(sent.map((one) => one.body)).toEqual([
      { index: "manuals", passageId: hit.passageId, kind: "click", rank: 23 },
      { index: "manuals", passageId: hit.passageId, kind: "up", rank: 1000 },
      { index: "manuals", passageId: hit.passageId, kind: "none", rank: 1000 },
    ]);
  });

  it("that cannot be sent troubles nobody", async () => {
    answer.mockRejectedValueOnce(new TypeError("offline"));
    expect(() => tellOpened(queryId, hit, 1)).not.toThrow();
    await vi.waitFor(() => expect(answer).toHaveBeenCalled());
  });
});
