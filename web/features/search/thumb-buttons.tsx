"use client";
import type { QueryId, SearchHit } from "@samla/contracts";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { cn } from "../../ui/cn.ts";
import { giveThumb, thumbOf } from "./feedback.ts";

const thumbs = [
  { value: "up", label: "Good hit", icon: ThumbsUp, chosen: "text-success" },
  { value: "down", label: "Bad hit", icon: ThumbsDown, chosen: "text-destructive" },
] as const;

/** Two small thumbs beside a hit, in room that is there anyway; pressing the given one takes it back. */
export const ThumbButtons = ({
  q,
  hit,
  queryId,
  rank,
}: {
  q: string;
  hit: SearchHit;
  queryId: QueryId;
  rank: number | undefined;
}) => {
  const [thumb, setThumb] = useState(() => thumbOf(q, hit));
  return (
    <span
      className={cn(
        "relative inline-flex items-center transition-opacity",
        thumb === undefined &&
          "opacity-0 focus-within:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
      )}
    >
      {thumbs.map(({ value, label, icon: Icon, chosen }) => (
        <button
          key={value}
          type="button"
          aria-pressed={thumb === value}
          aria-label={`${label}: ${hit.name}`}
          title={label}
          onClick={() => {
            const next = thumb === value ? undefined : value;
            setThumb(next);
            giveThumb(q, queryId, hit, rank, next);
          }}
          className={cn(
            "inline-flex size-6 items-center justify-center rounded-sm hover:bg-accent hover:text-foreground",
            thumb === value && chosen,
          )}
        >
          <Icon className={cn("size-3.5", thumb === value && "fill-current")} aria-hidden />
        </button>
      ))}
    </span>
  );
};
