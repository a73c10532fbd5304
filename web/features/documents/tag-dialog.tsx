"use client";
import type { Document } from "@samla/contracts";
import { problemOfText, tagRule } from "@samla/contracts/plain";
import { X } from "lucide-react";
import { type FormEvent, useMemo, useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/input.tsx";
import { TagOptions } from "./tag-options.tsx";

/** Adds tags to documents, or takes them off; applies at once, so there is nothing to save. */
export const TagDialog = ({
  open,
  onOpenChange,
  documents,
  description,
  knownTags,
  onApply,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  documents: readonly Pick<Document, "name" | "tags">[];
  /** In place of how many they are. */
  description?: string;
  /** Tags in use, to choose from. */
  knownTags: readonly string[];
  onApply: (action: "tag" | "untag", tags: string[]) => void;
}) => {
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const [changes, setChanges] = useState<ReadonlyMap<string, boolean>>(new Map());
  const counts = useMemo(() => {
    const all = new Map<string, number>();
    for (const document of documents) for (const tag of document.tags) all.set(tag, (all.get(tag) ?? 0) + 1);
    for (const [tag, isOn] of changes) {
      if (isOn) all.set(tag, documents.length);
      else all.delete(tag);
    }
    return [...all].sort(([a], [b]) => a.localeCompare(b));
  }, [documents, changes]);
  const change = (next: boolean) => {
    if (!next) {
      setText("");
      setError(undefined);
      setChanges(new Map());
    }
    onOpenChange(next);
  };
  const apply = (action: "tag" | "untag", tag: string) => {
    setChanges(new Map([...changes, [tag, action === "tag"]]));
    onApply(action, [tag]);
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = text.trim();
    const problem = problemOfText(tagRule, tag);
    if (problem) return setError(problem);
    setError(undefined);
    setText("");
    apply("tag", tag);
  };
  const only = documents.length === 1 ? documents[0] : undefined;
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogContent title="Tags" description={description ?? only?.name ?? formatPlural(documents.length, "document")}>
        <DialogBody className="grid gap-4">
          <form onSubmit={add} className="flex items-start gap-2">
            <Field id="new-tag" label="Add a tag" error={error} className="flex-1">
              {(ids) => (
                <>
                  <Input
                    {...ids}
                    value={text}
                    maxLength={64}
                    list="tags-in-use"
                    autoComplete="off"
                    onChange={(event) => setText(event.target.value)}
                  />
                  <TagOptions id="tags-in-use" tags={knownTags} />
                </>
              )}
            </Field>
            <Button type="submit" variant="primary" className="mt-6.5">
              Add
            </Button>
          </form>
          <ul aria-label="Tags" className="flex min-h-6 flex-wrap gap-1.5">
            {counts.map(([tag, count]) => (
              <li key={tag}>
                <Badge tone={count === documents.length ? "primary" : "outline"} className="h-6 pr-0.5">
                  <span className="max-w-48 truncate">{tag}</span>
                  {count < documents.length ? <span className="tabular-nums">({count})</span> : null}
                  <button
                    type="button"
                    aria-label={`Take off ${tag}`}
                    onClick={() => apply("untag", tag)}
                    className="rounded-xs p-1 hover:bg-accent"
                  >
                    <X aria-hidden />
                  </button>
                </Badge>
              </li>
            ))}
            {counts.length === 0 && documents.length > 0 ? (
              <li className="text-muted-foreground text-sm">No tags yet.</li>
            ) : null}
          </ul>
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => change(false)}>Done</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
