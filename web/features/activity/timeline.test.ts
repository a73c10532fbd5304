import type { TimelineEvent } from "@samla/contracts";
import { matchQuery, QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { linksOfEvent } from "./event-links.ts";
import { documentIdError, type EventFilter, eventQueryOf, matchesEventFilter, noFilter } from "./filter.ts";
import { activityKeys } from "./keys.ts";
import { groupByDay, joinEvents } from "./timeline.ts";

const eventOf = (n: number, more: Partial<TimelineEvent> = {}): TimelineEvent =>
  ({
    id: `evt_${n}`,
    at: new Date(2026, 0, 31, 12, 0, n).toISOString(),
    action: "document.ready",
    outcome: "ok",
    index: "manuals",
    ...more,
  }) as TimelineEvent;

describe("the timeline", () => {
  it("shows each event once, newest first, wherever it came from", () => {
    expect(
      joinEvents([eventOf(3), eventOf(4)], [[eventOf(3), eventOf(2)], [eventOf(1)]]).map((event) => event.id),
    ).toEqual(["evt_4", "evt_3", "evt_2", "evt_1"]);
  });
  it("has one heading for each day", () => {
    const at = (day: number) => new Date(2026, 0, day, 9).toISOString();
    const rows = groupByDay(
      [eventOf(4, { at: at(31) }), eventOf(3, { at: at(31) }), eventOf(2, { at: at(30) }), eventOf(1, { at: at(12) })],
      new Date(2026, 0, 31, 23),
    );
    expect(rows.map((row) => (row.kind === "day" ? row.label.replace(",", "") : row.key))).toEqual([
      "Today",
      "evt_4",
      "evt_3",
      "Yesterday",
      "evt_2",
      "Monday 12 January 2026",
      "evt_1",
    ]);
  });
});

describe("the filter", () => {
  it("sends only what is set", () => {
    expect(eventQueryOf({ ...noFilter, outcome: "failed" }, 50, "c")).toEqual({
      outcome: "failed",
      limit: 50,
      cursor: "c",
    });
  });
  it.each([
    [{}, true],
    [{ index: "manuals" }, true],
    [{ index: "laws" }, false],
    [{ action: "document.ready", outcome: "ok" }, true],
    [{ outcome: "failed" }, false],
    [{ documentId: "doc_1" }, false],
  ] as [Partial<EventFilter>, boolean][])("%j takes the event: %s", (filter, expected) => {
    expect(matchesEventFilter(eventOf(1), { ...noFilter, ...filter })).toBe(expected);
  });
  it("a document id that cannot be one is named before it is sent", () => {
    expect(documentIdError("")).toBeUndefined();
    expect(documentIdError("doc_01J00000000000000000000000")).toBeUndefined();
    expect(documentIdError("ver_01J00000000000000000000000")).toContain("doc_");
  });
});

describe("activity query keys", () => {
  it("all histories are reached together, whatever their filter, and the queues are not", () => {
    const client = new QueryClient();
    const isHit = (key: readonly unknown[]) =>
      matchQuery({ queryKey: activityKeys.histories }, client.getQueryCache().build(client, { queryKey: [...key] }));
    expect(isHit(activityKeys.history({ ...noFilter, index: "manuals" }))).toBe(true);
    expect(isHit(activityKeys.queues)).toBe(false);
  });
  it("an empty filter and an absent one are the same history", () => {
    expect(activityKeys.history({ ...noFilter, index: "" })).toEqual(activityKeys.history(noFilter));
  });
});

describe("an event leads to", () => {
  const at = (more: Partial<TimelineEvent>) => linksOfEvent(eventOf(1, more)).map(({ path }) => path);
  const buildId = "bld_01J00000000000000000000000" as TimelineEvent["buildId"];
  const evaluationId = "evl_01J00000000000000000000000";
  it("what it speaks of, and never to what is gone", () => {
    expect(at({ action: "build.promoted", buildId })).toEqual([
      "/indexes/manuals",
      `/indexes/manuals/builds/${buildId}`,
    ]);
    expect(at({ action: "build.deleted", buildId })).toEqual(["/indexes/manuals"]);
    expect(at({ action: "index.deleted" })).toEqual([]);
    expect(at({ action: "care.repaired" })).toContain("/indexes/manuals/care");
    expect(at({ action: "question.imported" })).toContain("/indexes/manuals/questions");
    expect(at({ action: "evaluation.done", data: { evaluationId } })).toContain(
      `/indexes/manuals/evaluations/${evaluationId}`,
    );
    expect(at({ action: "evaluation.done", data: { evaluationId: "../x" } })).toContain("/indexes/manuals/evaluations");
  });
});
