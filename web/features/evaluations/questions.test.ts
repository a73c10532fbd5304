import type { DocumentId } from "@samla/contracts";
import { describe, expect, it } from "vitest";
import { formatOfName } from "./import-dialog.tsx";
import { judgmentsWith } from "./question-page.tsx";

const [a, b, c] = ["doc_a", "doc_b", "doc_c"] as unknown as [DocumentId, DocumentId, DocumentId];

describe("judgments of a question", () => {
  const judgments = [
    { documentId: a, grade: 2 },
    { documentId: b, grade: 0 },
  ];
  it("keep their place when a grade changes, and a new one comes last", () => {
    expect(judgmentsWith(judgments, a, 3)).toEqual([{ documentId: a, grade: 3 }, judgments[1]]);
    expect(judgmentsWith(judgments, c, 1)).toEqual([...judgments, { documentId: c, grade: 1 }]);
  });
  it("are taken back", () => {
    expect(judgmentsWith(judgments, a, null)).toEqual([judgments[1]]);
    expect(judgmentsWith(judgments, c, null)).toEqual(judgments);
  });
});

it("the format of an import is told from the file's name", () => {
  expect(["q.CSV", "q.jsonl", "q.ndjson", "test.qrels", "qrels.test.tsv", "q.pdf"].map(formatOfName)).toEqual([
    "csv",
    "jsonl",
    "jsonl",
    "qrels",
    "qrels",
    undefined,
  ]);
});
