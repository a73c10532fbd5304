"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "./cn.ts";

/** An id in monospace that copies itself. Long ids are shortened in the middle; the whole one is in the title, which describes the button. */
export const CopyableId = ({
  id,
  label = "id",
  full = false,
  shown: given,
  className,
}: {
  id: string;
  /** Named to screen readers: "Copy document id". */
  label?: string;
  full?: boolean;
  /** What stands for the id, where another part of it tells more. */
  shown?: string;
  className?: string;
}) => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const shown = given ?? (full || id.length <= 18 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`);
  return (
    <button
      type="button"
      title={id}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(id).then(() => setCopied(true));
      }}
      className={cn(
        "group inline-flex max-w-full items-center gap-1 rounded-xs px-1 font-mono text-muted-foreground text-xs hover:bg-accent hover:text-foreground",
        className,
      )}
    >
      <span className="sr-only">Copy {label} </span>
      <span className="truncate">{shown}</span>
      {copied ? (
        <Check className="size-3 shrink-0 text-success" aria-hidden />
      ) : (
        <Copy className="size-3 shrink-0 opacity-50 group-hover:opacity-100" aria-hidden />
      )}
      <span className="sr-only" aria-live="polite">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
};
