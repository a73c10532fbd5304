"use client";
import type { Principal } from "@samla/contracts";
import { principalPattern, roles } from "@samla/contracts/plain";
import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/input.tsx";

const rule = "Write everyone, group:<name>, role:<role> or user:<id>.";
const suggestions = ["everyone", "group:", ...roles.map((role) => `role:${role}`), "user:"];

/** Who may read: everyone, groups, roles, people. One name at a time, checked as it is added. */
export const ReadersInput = ({
  value,
  onChange,
  error,
  isDisabled,
  hint = "everyone, group:<name>, role:<role> or user:<id>. Others do not find this index or its documents.",
}: {
  value: readonly Principal[];
  onChange: (readers: Principal[]) => void;
  error?: string;
  isDisabled?: boolean;
  /** What to write, and what it means for those who are not named. */
  hint?: string;
}) => {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const listId = useId();
  const add = () => {
    const reader: Principal = text.trim();
    if (!principalPattern.test(reader)) {
      setProblem(rule);
      return;
    }
    setProblem(undefined);
    setText("");
    if (!value.includes(reader)) onChange([...value, reader]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (text.trim() !== "") add();
  };
  return (
    <div className="grid gap-2">
      <Field id="readers" label="Readers" hint={hint} error={problem ?? error}>
        {(ids) => (
          <div className="flex gap-2">
            <Input
              {...ids}
              value={text}
              disabled={isDisabled}
              list={listId}
              placeholder="group:sales"
              spellCheck={false}
              autoCapitalize="none"
              onChange={(event) => setText(event.target.value)}
              onKeyDown={onKeyDown}
            />
            <datalist id={listId}>
              {suggestions.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
            <Button onClick={add} disabled={isDisabled || text.trim() === ""}>
              <Plus aria-hidden /> Add
            </Button>
          </div>
        )}
      </Field>
      <ul aria-label="Readers" className="flex min-h-6 flex-wrap gap-1.5">
        {value.map((reader) => (
          <li key={reader}>
            <Badge tone={reader === "everyone" ? "info" : "outline"} className="h-6 pr-0.5">
              <span className="max-w-56 truncate">{reader}</span>
              {isDisabled ? null : (
                <button
                  type="button"
                  aria-label={`Remove ${reader}`}
                  onClick={() => onChange(value.filter((one) => one !== reader))}
                  className="rounded-xs p-1 hover:bg-accent"
                >
                  <X aria-hidden />
                </button>
              )}
            </Badge>
          </li>
        ))}
        {value.length === 0 ? <li className="text-destructive text-xs">Name at least one reader.</li> : null}
      </ul>
    </div>
  );
};
