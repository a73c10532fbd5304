"use client";
import { documentNameRule, problemOfText } from "@samla/contracts/plain";
import { Pencil } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Input } from "../../ui/input.tsx";

/** A name that is edited in place: Enter saves, Escape leaves it as it was. */
export const RenameTitle = ({
  name,
  canRename,
  onRename,
}: {
  name: string;
  canRename: boolean;
  onRename: (name: string) => Promise<unknown>;
}) => {
  const [text, setText] = useState<string>();
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const isEditing = text !== undefined;
  useEffect(() => {
    if (!isEditing) return;
    const field = input.current;
    const dot = field?.value.lastIndexOf(".") ?? -1;
    field?.focus();
    field?.setSelectionRange(0, dot > 0 ? dot : (field?.value.length ?? 0));
  }, [isEditing]);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const typed = (text ?? "").trim();
    const problem = problemOfText(documentNameRule, typed);
    if (problem) return setError(problem);
    if (typed === name) return setText(undefined);
    setBusy(true);
    try {
      await onRename(typed);
      setText(undefined);
    } catch {
      // The error has been shown; what was typed stays.
    } finally {
      setBusy(false);
    }
  };
  if (text === undefined)
    return (
      <span className="group inline-flex max-w-full items-center gap-1.5">
        <span className="min-w-0 break-words">{name}</span>
        {canRename ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Rename"
            title="Rename"
            onClick={() => {
              setError(undefined);
              setText(name);
            }}
          >
            <Pencil aria-hidden />
          </Button>
        ) : null}
      </span>
    );
  return (
    <form onSubmit={save} className="flex max-w-2xl flex-wrap items-center gap-2 font-normal">
      <Input
        ref={input}
        aria-label="Name"
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? "rename-error" : undefined}
        value={text}
        maxLength={255}
        className="min-w-48 flex-1"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setText(undefined);
        }}
      />
      <Button type="submit" variant="primary" busy={isBusy}>
        Save
      </Button>
      <Button onClick={() => setText(undefined)}>Cancel</Button>
      {error ? (
        <span id="rename-error" role="alert" className="basis-full text-destructive text-xs">
          {error}
        </span>
      ) : null}
    </form>
  );
};
