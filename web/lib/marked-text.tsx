import { type Range, segmentsOf } from "./marks.ts";

/** A window of a text with its hits in `<mark>`; only text nodes, so markup in documents stays text. */
export const MarkedText = ({
  text,
  marks,
  start,
  end,
}: {
  text: string;
  marks: readonly Range[];
  start?: number;
  end?: number;
}) =>
  segmentsOf(text, marks, start, end).map((segment) =>
    segment.marked ? <mark key={segment.start}>{segment.text}</mark> : segment.text,
  );
