import { IndexSettings } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { areSound, changedParts } from "./rules-settings.ts";

const base = IndexSettings.parse({});

describe("rules of an index", () => {
  it("are sent part by part, and only those that changed", () => {
    expect(changedParts(base, structuredClone(base))).toBeUndefined();
    const mine = { ...base, queryLog: { ...base.queryLog, anonymous: true } };
    expect(changedParts(base, mine)).toEqual({ queryLog: mine.queryLog });
  });

  it("are sound exactly when the contract takes them", () => {
    const tries = [
      base,
      { ...base, gate: { ...base.gate, ndcg10DropMax: 1.5 } },
      { ...base, gate: { ...base.gate, failedShareMax: -0.1 } },
      { ...base, retention: { supersededMax: 0 } },
      { ...base, retention: { supersededMax: 2.5 } },
      { ...base, queryLog: { ...base.queryLog, days: 100_000 } },
    ];
    for (const one of tries) expect(areSound(one), JSON.stringify(one)).toBe(IndexSettings.safeParse(one).success);
  });
});
