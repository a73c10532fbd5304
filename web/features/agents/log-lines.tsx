"use client";
import type { LogLevel } from "@samla/contracts";
import Link from "next/link";
import { Fragment, memo, type ReactNode, useEffect, useRef } from "react";
import { taskPath } from "../../lib/paths.ts";
import { cn } from "../../ui/cn.ts";
import { formatExactTime } from "../../ui/time.ts";
import type { TailLine } from "./log-tail.ts";

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

const levelTones: Partial<Record<LogLevel, string>> = {
  debug: "text-muted-foreground",
  warn: "text-warning",
  error: "text-destructive",
  fatal: "font-semibold text-destructive",
};

/** Lines as they were written, oldest first. While following it stays at the end unless the person scrolled up. */
export const LogLines = ({
  lines,
  agent,
  isFollowing = false,
  wraps = true,
  className,
  before,
  after,
}: {
  lines: readonly TailLine[];
  /** Given: each line says its task, which leads to it. */
  agent?: string;
  isFollowing?: boolean;
  wraps?: boolean;
  className?: string;
  before?: ReactNode;
  after?: ReactNode;
}) => {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const last = lines.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolled whenever there is another last line
  useEffect(() => {
    const element = box.current;
    if (isFollowing && isAtEnd.current && element) element.scrollTop = element.scrollHeight;
  }, [last, isFollowing]);
  return (
    <section
      ref={box}
      aria-label="Log lines"
      // Scrolled by keys, as nothing inside need have the focus.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keys
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className={cn("overflow-auto rounded-lg border bg-card py-1.5 font-mono text-xs", className)}
    >
      {before}
      {lines.map((line) => (
        <Fragment key={line.id}>
          {line.skippedBefore ? (
            <p className="border-warning border-y border-dashed px-3 py-0.5 text-center font-sans text-warning">
              {line.skippedBefore}
            </p>
          ) : null}
          <Line line={line} agent={agent} wraps={wraps} />
        </Fragment>
      ))}
      {after}
    </section>
  );
};

/** A line of JSON is told by its message; all of it is in the title. */
const textOf = ({ text, fields }: TailLine): string => {
  const message = fields?.message;
  if (typeof message !== "string") return text;
  const rest = Object.entries(fields ?? {}).filter(
    ([name]) => !["message", "level", "at", "time", "timestamp", "agent", "taskId", "releaseId"].includes(name),
  );
  const said = rest.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [message, ...said].join("  ");
};

const Line = memo(({ line, agent, wraps }: { line: TailLine; agent: string | undefined; wraps: boolean }) => (
  <p title={line.text} className="flex gap-3 px-3 leading-6 hover:bg-surface">
    <time dateTime={line.at} title={formatExactTime(new Date(line.at))} className="shrink-0 text-muted-foreground">
      {clock.format(new Date(line.at))}
    </time>
    {agent && line.taskId ? (
      <Link
        href={taskPath(agent, line.taskId)}
        className="hidden shrink-0 text-muted-foreground hover:underline sm:inline-block"
      >
        {line.taskId.slice(0, 6)}
      </Link>
    ) : null}
    <span
      className={cn(
        "min-w-0",
        wraps ? "wrap-anywhere whitespace-pre-wrap" : "whitespace-pre",
        line.level && levelTones[line.level],
      )}
    >
      {line.level && line.level !== "info" ? <span className="uppercase">{line.level} </span> : null}
      {textOf(line)}
    </span>
  </p>
));
Line.displayName = "Line";
