import type { Audit } from "@samla/contracts";
import { findingKinds } from "@samla/contracts";
import { expect, it } from "vitest";
import { findingTexts, shareOf, verdictOf } from "./findings.ts";

const audit = (change: Partial<Audit>): Audit =>
  ({ differences: 0, repaired: 0, complete: true, findings: [], checked: { documents: 3 }, ...change }) as Audit;

it("the verdict never says that all is well before a whole check found nothing", () => {
  expect(verdictOf(undefined).tone).toBe("unknown");
  expect(verdictOf(audit({ complete: false })).tone).toBe("busy");
  expect(verdictOf(audit({})).tone).toBe("good");
  expect(verdictOf(audit({ differences: 2, repaired: 1 })).tone).toBe("bad");
  expect(verdictOf(audit({ differences: 2, repaired: 2 })).tone).toBe("busy");
  const checked = { documents: 0, settling: 27 } as Audit["checked"];
  expect(verdictOf(audit({ checked }))).toMatchObject({ tone: "busy", text: expect.stringContaining("27 documents") });
  expect(verdictOf(audit({ checked: { ...checked, documents: 3 } })).text).not.toMatch(/^Everything/);
});

it("every kind of difference is put into words", () => {
  for (const kind of findingKinds) expect(findingTexts[kind].title, kind).toBeTruthy();
  expect(shareOf(1, 0)).toBe(0);
});
