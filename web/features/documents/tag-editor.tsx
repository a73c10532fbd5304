"use client";
import type { Document } from "@samla/contracts";
import { problemOfText, tagRule } from "@samla/contracts/plain";
import { Plus, X } from "lucide-react";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Input } from "../../ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "../../ui/popover.tsx";

/** The tags of a document; each leads to all documents that carry it. */
export const TagEditor = ({
  document,
  canEdit,
  onChange,
}: {
  document: Document;
  canEdit: boolean;
  onChange: (tags: string[]) => void;
}) => {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = text.trim();
    const problem = problemOfText(tagRule, tag);
    if (problem) return setError(problem);
    setError(undefined);
    setText("");
    if (!document.tags.includes(tag)) onChange([...document.tags, tag]);
  };
  return (
    <div className="flex flex-wrap items-center gap-1">
      {document.tags.map((tag) => (
        <Badge key={tag} tone="outline" className={canEdit ? "pr-0.5" : ""}>
          <Link
            href={`/documents?${new URLSearchParams({ index: document.index, tag })}`}
            className="max-w-48 truncate hover:text-foreground hover:underline"
          >
            {tag}
          </Link>
          {canEdit ? (
            <button
              type="button"
              aria-label={`Take off ${tag}`}
              onClick={() => onChange(document.tags.filter((one) => one !== tag))}
              className="rounded-xs p-0.5 hover:bg-accent"
            >
              <X aria-hidden />
            </button>
          ) : null}
        </Badge>
      ))}
      {canEdit ? (
        <Popover open={isOpen} onOpenChange={setOpen}>
          <PopoverTrigger asChild>
            <Button variant="ghost" size="sm" className="h-5 px-1.5">
              <Plus aria-hidden className="size-3" /> Tag
            </Button>
          </PopoverTrigger>
          <PopoverContent className="w-64">
            <form onSubmit={add} className="flex gap-2">
              <Input
                aria-label="New tag"
                aria-invalid={error ? true : undefined}
                placeholder="New tag"
                value={text}
                maxLength={64}
                onChange={(event) => setText(event.target.value)}
              />
              <Button type="submit">Add</Button>
            </form>
            {error ? (
              <p role="alert" className="mt-1 text-destructive text-xs">
                {error}
              </p>
            ) : null}
          </PopoverContent>
        </Popover>
      ) : null}
    </div>
  );
};
