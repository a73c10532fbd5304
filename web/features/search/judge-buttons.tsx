"use client";
import type { QueryId, SearchHit } from "@samla/contracts";
import { useMutation } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { callApi } from "../../lib/api.ts";
import { questionPath } from "../../lib/paths.ts";
import { toastError } from "../../lib/query-error.tsx";
import { cn } from "../../ui/cn.ts";

const choices = [
  { grade: 2, label: "Right", icon: Check, chosen: "bg-success-soft text-success" },
  { grade: 0, label: "Wrong", icon: X, chosen: "bg-destructive-soft text-destructive" },
] as const;

/** "This is right" and "this is wrong" beside a hit: takes the query down as a question with one judgment. */
export const JudgeButtons = ({ hit, q, queryId }: { hit: SearchHit; q: string; queryId: QueryId }) => {
  const [grade, setGrade] = useState<number>();
  const judge = useMutation({
    mutationFn: (chosen: number) =>
      callApi("questions.judge", {
        params: { index: hit.index },
        body: { text: q, judgment: { documentId: hit.documentId, grade: chosen }, queryId },
      }),
    onMutate: setGrade,
    onError: (error) => {
      setGrade(undefined);
      toastError(error);
    },
  });
  return (
    <span
      className={cn(
        "relative ml-auto inline-flex items-center gap-1 transition-opacity",
        grade === undefined &&
          "opacity-0 focus-within:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
      )}
    >
      {judge.data ? (
        <Link href={questionPath(hit.index, judge.data.id)} className="mr-1 text-link hover:underline">
          question
        </Link>
      ) : null}
      {choices.map(({ grade: value, label, icon: Icon, chosen }) => (
        <button
          key={value}
          type="button"
          aria-pressed={grade === value}
          title={`“${hit.name}” is ${label.toLowerCase()} for “${q}”`}
          onClick={() => judge.mutate(value)}
          className={cn(
            "inline-flex h-6 items-center gap-1 rounded-sm px-1.5 hover:bg-accent hover:text-foreground",
            grade === value && chosen,
          )}
        >
          <Icon className="size-3" aria-hidden /> {label}
        </button>
      ))}
    </span>
  );
};
