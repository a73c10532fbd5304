import { Fragment, memo, type ReactNode } from "react";
import { cn } from "../../ui/cn.ts";
import { cellRangesOf, type Highlight, layersOf } from "./layers.ts";
import type { ViewItem } from "./view-items.ts";

const markClass = {
  passage: "bg-mark/55 text-foreground [&+mark]:rounded-l-none",
  word: "bg-mark-strong text-mark-foreground",
};

/** A stretch of the text with its highlights; only text nodes. */
const Stretch = ({
  text,
  start,
  end,
  highlight,
}: {
  text: string;
  start: number;
  end: number;
  highlight: Highlight;
}): ReactNode =>
  layersOf(text, start, end, highlight).map((segment) =>
    segment.layer === "none" ? (
      <Fragment key={segment.start}>{segment.text}</Fragment>
    ) : (
      <mark
        key={segment.start}
        data-layer={segment.layer}
        className={cn("rounded-none box-decoration-clone", markClass[segment.layer])}
      >
        {segment.text}
      </mark>
    ),
  );

/** A list item that brings its own number or bullet along in the text. */
const ownMarker = /^(\(?\w{1,4}[.)]|[•◦▪–—*-])\s/;

const headingClass: Record<number, string> = {
  1: "mt-6 mb-2 font-semibold text-2xl",
  2: "mt-6 mb-2 font-semibold text-xl",
  3: "mt-5 mb-1.5 font-semibold text-lg",
};

/** One row of the view as the HTML element it is. */
export const SourceItem = memo(({ item, text, highlight }: { item: ViewItem; text: string; highlight: Highlight }) => {
  if (item.kind === "page")
    return (
      <div className="mt-6 mb-3 flex items-center gap-3 text-muted-foreground text-xs" data-page={item.page}>
        <span className="font-medium">{item.label ?? `Page ${item.page}`}</span>
        <span className="h-px flex-1 bg-border" />
      </div>
    );
  const { block } = item;
  const stretch = (start: number, end: number) => <Stretch text={text} start={start} end={end} highlight={highlight} />;
  if (item.kind === "lines")
    return (
      <pre tabIndex={-1} className="overflow-x-auto bg-surface px-4 py-1.5 font-mono text-xs leading-5 [tab-size:4]">
        <code>{stretch(item.start, item.end)}</code>
      </pre>
    );
  if (item.kind === "rows") return <TableRows item={item} text={text} highlight={highlight} />;
  const body = stretch(block.start, block.end);
  switch (block.type) {
    case "heading": {
      const level = Math.min(6, (block.level ?? 1) + 1);
      const Heading = `h${level}` as "h2" | "h3" | "h4" | "h5" | "h6";
      return (
        <Heading className={headingClass[block.level ?? 1] ?? "mt-4 mb-1 font-semibold text-base"}>{body}</Heading>
      );
    }
    case "list-item":
      return (
        <ul
          className={cn(
            "my-1 pl-6 marker:text-muted-foreground",
            ownMarker.test(text.slice(block.start, block.start + 8)) ? "list-none" : "list-disc",
          )}
        >
          <li className="whitespace-pre-line">{body}</li>
        </ul>
      );
    case "quote":
      return (
        <blockquote className="my-3 whitespace-pre-line border-border-strong border-l-2 pl-4 text-muted-foreground">
          {body}
        </blockquote>
      );
    case "caption":
      return <p className="my-2 whitespace-pre-line text-muted-foreground text-sm">{body}</p>;
    default:
      return <p className="my-2.5 whitespace-pre-line text-pretty break-words leading-relaxed">{body}</p>;
  }
});
SourceItem.displayName = "SourceItem";

const TableRows = ({
  item,
  text,
  highlight,
}: {
  item: Extract<ViewItem, { kind: "rows" }>;
  text: string;
  highlight: Highlight;
}) => {
  const cells = item.block.cells?.slice(item.fromRow, item.toRow) ?? [];
  const ranges = cellRangesOf(text, item.start, item.end, cells);
  const headerRows = item.block.headerRows ?? 0;
  return (
    <div className="my-1 overflow-x-auto">
      <table className="min-w-full border-collapse text-sm">
        <tbody>
          {cells.map((row, i) => {
            const number = item.fromRow + i;
            const Cell = number < headerRows ? "th" : "td";
            return (
              <tr key={number} className="odd:bg-surface">
                {row.map((cell, j) => {
                  const range = ranges?.[i]?.[j];
                  return (
                    <Cell
                      // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row are known by their place only
                      key={j}
                      className="max-w-96 whitespace-pre-line border px-2 py-1 text-left align-top [th&]:font-semibold"
                    >
                      {range ? <Stretch text={text} start={range[0]} end={range[1]} highlight={highlight} /> : cell}
                    </Cell>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};
