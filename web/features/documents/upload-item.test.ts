import type { DocumentId, VersionId } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { idOf, makeUpload } from "./test-fixtures.ts";
import {
  nextUpload,
  reviveUpload,
  type UploadEvent,
  type UploadItem,
  type UploadPhase,
  uploadActions,
  uploadPhases,
} from "./upload-item.ts";

const documentId = idOf("doc", 1) as DocumentId;
const versionId = idOf("ver", 1) as VersionId;
const problem = { title: "t", detail: "d", retryable: true };
const play = (item: UploadItem, ...events: UploadEvent[]): UploadItem => events.reduce(nextUpload, item);

describe("the life of an upload", () => {
  it("goes from waiting to sent", () => {
    const phases: UploadPhase[] = [];
    const events: UploadEvent[] = [
      { type: "started" },
      { type: "hashed", sha256: "0".repeat(64) },
      { type: "accepted", documentId, versionId },
      { type: "progress", sentBytes: 60 },
      { type: "all-sent" },
      { type: "sent" },
    ];
    let item = makeUpload();
    for (const event of events) {
      item = nextUpload(item, event);
      phases.push(item.phase);
    }
    expect(phases).toEqual(["hashing", "announcing", "sending", "sending", "finishing", "sent"]);
    expect(item).toMatchObject({ sentBytes: 100, documentId, versionId });
  });

  it("a known hash is not made again, and an announced upload goes on where it stopped", () => {
    const sha256 = "0".repeat(64);
    expect(play(makeUpload({ sha256 }), { type: "started" }).phase).toBe("announcing");
    expect(play(makeUpload({ sha256, versionId, documentId }), { type: "started" }).phase).toBe("sending");
  });

  it("a duplicate asks, and the answer skips it or sends it on with the choice", () => {
    const asking = play(
      makeUpload({ sha256: "0".repeat(64) }),
      { type: "started" },
      { type: "duplicate", matches: [] },
    );
    expect(asking.phase).toBe("asking");
    expect(play(asking, { type: "chosen", choice: "skip" }).phase).toBe("skipped");
    expect(play(asking, { type: "chosen", choice: "version" })).toMatchObject({
      phase: "waiting",
      choice: "version",
      attempt: 1,
    });
  });

  it("a late answer never revives a cancelled, refused or sent file", () => {
    const events: UploadEvent[] = [
      { type: "started" },
      { type: "hashed", sha256: "x" },
      { type: "accepted", documentId, versionId },
      { type: "progress", sentBytes: 5 },
      { type: "all-sent" },
      { type: "failed", problem },
      { type: "paused" },
      { type: "retried" },
      { type: "file-missing" },
    ];
    for (const phase of ["cancelled", "refused", "skipped", "stored", "sent"] as const)
      for (const event of events) expect(nextUpload(makeUpload({ phase }), event)).toEqual(makeUpload({ phase }));
  });

  it("pausing gives the lane free and keeps what has arrived; resuming puts it in the queue", () => {
    const sending = makeUpload({ phase: "sending", sentBytes: 40, versionId, documentId, sha256: "x" });
    const paused = nextUpload(sending, { type: "paused" });
    expect(paused).toMatchObject({ phase: "waiting", paused: true, sentBytes: 40, versionId });
    expect(nextUpload(paused, { type: "started" })).toBe(paused);
    expect(nextUpload(paused, { type: "resumed" })).toMatchObject({ phase: "waiting", paused: false });
  });

  it("progress never exceeds the size of the file", () => {
    expect(nextUpload(makeUpload({ phase: "sending" }), { type: "progress", sentBytes: 250 }).sentBytes).toBe(100);
  });
});

describe("what a person may do with an upload", () => {
  const names = ["pause", "resume", "cancel", "retry", "choose", "find"] as const;
  const cases: Record<UploadPhase, string[]> = {
    waiting: ["pause", "cancel"],
    hashing: ["pause", "cancel"],
    announcing: ["pause", "cancel"],
    asking: ["cancel", "choose"],
    sending: ["pause", "cancel"],
    finishing: [],
    sent: [],
    stored: [],
    skipped: [],
    failed: ["cancel", "retry"],
    refused: [],
    cancelled: [],
    missing: ["cancel", "find"],
  };
  it.each(uploadPhases.map((phase) => [phase, cases[phase]] as const))("%s: %j", (phase, expected) => {
    const actions = uploadActions(makeUpload({ phase, ...(phase === "failed" ? { problem } : {}) }));
    expect(names.filter((name) => actions[name])).toEqual(expected);
  });
  it("a paused one can be resumed and cancelled", () => {
    const actions = uploadActions(makeUpload({ paused: true }));
    expect(names.filter((name) => actions[name])).toEqual(["resume", "cancel"]);
  });
  it("a failure that the same file cannot get over has no retry", () => {
    expect(uploadActions(makeUpload({ phase: "failed", problem: { ...problem, retryable: false } })).retry).toBe(false);
  });
});

describe("after the page was loaded again", () => {
  it("what was under way waits for its turn and keeps its version", () => {
    const revived = reviveUpload(makeUpload({ phase: "sending", versionId, sentBytes: 40 }), true);
    expect(revived).toMatchObject({ phase: "waiting", versionId, sentBytes: 40 });
  });
  it("a file whose bytes were not kept asks for the file, and goes on once it is found", () => {
    const missing = reviveUpload(makeUpload({ phase: "hashing" }), false);
    expect(missing.phase).toBe("missing");
    expect(nextUpload(missing, { type: "file-found" }).phase).toBe("waiting");
  });
  it.each(["sent", "stored", "skipped", "failed", "refused", "cancelled", "asking"] as const)("%s stays", (phase) => {
    expect(reviveUpload(makeUpload({ phase }), true).phase).toBe(phase);
  });
  it("a paused one stays paused", () => {
    expect(reviveUpload(makeUpload({ paused: true }), true)).toMatchObject({ phase: "waiting", paused: true });
  });
});
