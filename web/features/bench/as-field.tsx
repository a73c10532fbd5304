"use client";
import type { Principal } from "@samla/contracts";
import { principalPattern } from "@samla/contracts/plain";
import { UserRoundSearch, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Input } from "../../ui/input.tsx";

/** Whose eyes to search with: people, groups and roles, together with what everyone may read. */
export const AsField = ({
  value,
  onChange,
}: {
  value: readonly Principal[];
  onChange: (principals: Principal[]) => void;
}) => {
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const typed = text.trim();
    if (typed === "") return;
    if (!principalPattern.test(typed)) {
      setWrong(true);
      return;
    }
    setText("");
    if (!value.includes(typed as Principal)) onChange([...value, typed as Principal]);
  };
  return (
    <form onSubmit={add} className="flex flex-wrap items-center gap-2 text-xs" aria-label="Search as somebody else">
      <UserRoundSearch className="size-4 text-muted-foreground" aria-hidden />
      <label htmlFor="bench-as" className="text-muted-foreground">
        Search as
      </label>
      {value.map((principal) => (
        <Badge key={principal} tone="info" className="h-6 pr-0.5">
          {principal}
          <button
            type="button"
            aria-label={`No longer as ${principal}`}
            onClick={() => onChange(value.filter((one) => one !== principal))}
            className="rounded-xs p-1 hover:bg-accent"
          >
            <X aria-hidden />
          </button>
        </Badge>
      ))}
      <Input
        id="bench-as"
        className="h-7 w-80 max-w-full text-xs"
        placeholder={value.length === 0 ? "yourself, or user:rita, group:sales, role:reader" : "and as"}
        value={text}
        spellCheck={false}
        autoCapitalize="none"
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? "bench-as-error" : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setWrong(false);
        }}
      />
      {isWrong ? (
        <span id="bench-as-error" role="alert" className="text-destructive">
          Write everyone, user:&lt;id&gt;, group:&lt;name&gt; or role:&lt;role&gt;.
        </span>
      ) : null}
    </form>
  );
};
