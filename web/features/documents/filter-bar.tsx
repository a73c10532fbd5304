"use client";
import type { DocumentCounts } from "@samla/contracts";
import { versionStatuses } from "@samla/contracts/plain";
import { Search, Tag, Trash2, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { z } from "zod";
import { formatCount } from "../../lib/format.ts";
import { kindLabel } from "../../lib/kinds.ts";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { Input } from "../../ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "../../ui/popover.tsx";
import { Select } from "../../ui/select.tsx";
import { type DocumentFilter, filterOptions } from "./filter.ts";
import { statusLabel } from "./labels.ts";

const anyKind = "any";

/** Narrows the list: by status with counts, by name, kind and tag. */
export const FilterBar = ({
  filter,
  counts,
  knownTags,
  onChange,
}: {
  filter: DocumentFilter;
  counts: z.infer<typeof DocumentCounts> | undefined;
  knownTags: readonly string[];
  onChange: (change: Partial<DocumentFilter>) => void;
}) => (
  <div className="grid gap-3 pb-3">
    <fieldset className="flex min-w-0 gap-1 overflow-x-auto p-0.5">
      <legend className="sr-only">Status</legend>
      <Chip
        isOn={filter.status === null && !filter.deleted}
        count={counts?.total}
        onClick={() => onChange({ status: null, deleted: false })}
      >
        All
      </Chip>
      {versionStatuses
        .filter((status) => (counts?.byStatus[status] ?? 0) > 0 || filter.status === status || status === "ready")
        .map((status) => (
          <Chip
            key={status}
            isOn={filter.status === status}
            count={counts?.byStatus[status] ?? (counts ? 0 : undefined)}
            onClick={() => onChange({ status: filter.status === status ? null : status, deleted: false })}
          >
            {statusLabel(status)}
          </Chip>
        ))}
      <Chip
        isOn={filter.deleted}
        count={counts?.deleted}
        onClick={() => onChange({ deleted: !filter.deleted, status: null })}
      >
        <Trash2 className="size-3" aria-hidden /> Deleted
      </Chip>
    </fieldset>
    <div className="flex flex-wrap items-center gap-2">
      <NameSearch value={filter.q} onChange={(q) => onChange({ q })} />
      <Select
        aria-label="Kind"
        prefix="Kind"
        value={filter.kind ?? anyKind}
        onValueChange={(kind) => onChange({ kind: filterOptions.kind.find((one) => one === kind) ?? null })}
        options={[
          { value: anyKind, label: "Any" },
          ...filterOptions.kind.map((kind) => ({ value: kind, label: kindLabel(kind) })),
        ]}
      />
      <TagFilter value={filter.tag} knownTags={knownTags} onChange={(tag) => onChange({ tag })} />
    </div>
  </div>
);

const Chip = ({
  isOn,
  count,
  onClick,
  children,
}: {
  isOn: boolean;
  count: number | undefined;
  onClick: () => void;
  children: ReactNode;
}) => (
  <button
    type="button"
    aria-pressed={isOn}
    onClick={onClick}
    className={cn(
      "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border px-2.5 font-medium text-xs transition-colors",
      isOn
        ? "border-primary bg-primary-soft text-primary"
        : "border-border-strong bg-card text-muted-foreground hover:bg-accent hover:text-foreground",
    )}
  >
    {children}
    <span className="min-w-3 text-right tabular-nums">{count === undefined ? "" : formatCount(count)}</span>
  </button>
);

const NameSearch = ({ value, onChange }: { value: string; onChange: (q: string) => void }) => {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change by going back; what is being typed must not be overwritten by its own echo.
  useEffect(() => {
    if (value === sent.current) return;
    clearTimeout(timer.current);
    sent.current = value;
    setText(value);
  }, [value]);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = next;
      onChange(next);
    }, 250);
  };
  return (
    <div className="relative min-w-48 max-w-80 flex-1">
      <Search className="absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        type="search"
        aria-label="Find by name or folder"
        placeholder="Find by name or folder"
        value={text}
        onChange={(event) => type(event.target.value)}
        data-search-input
        maxLength={200}
        className="pl-8"
      />
    </div>
  );
};

const TagFilter = ({
  value,
  knownTags,
  onChange,
}: {
  value: string | null;
  knownTags: readonly string[];
  onChange: (tag: string | null) => void;
}) => {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const take = (tag: string) => {
    if (tag.trim() === "") return;
    onChange(tag.trim());
    setText("");
    setOpen(false);
  };
  if (value)
    return (
      <Button onClick={() => onChange(null)} aria-label={`Tag ${value}: show all again`}>
        <Tag aria-hidden />
        <span className="max-w-40 truncate">{value}</span>
        <X className="size-3.5 text-muted-foreground" aria-hidden />
      </Button>
    );
  const words = text.trim().toLowerCase();
  const offered = knownTags.filter((tag) => tag.toLowerCase().includes(words)).slice(0, 12);
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button>
          <Tag aria-hidden /> Tag
        </Button>
      </PopoverTrigger>
      <PopoverContent className="w-60 p-2">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            take(text);
          }}
        >
          <Input
            aria-label="Tag"
            placeholder="Type a tag, then Enter"
            value={text}
            onChange={(event) => setText(event.target.value)}
            maxLength={64}
          />
        </form>
        <div className="mt-1 grid max-h-56 overflow-y-auto">
          {offered.map((tag) => (
            <button
              key={tag}
              type="button"
              onClick={() => take(tag)}
              className="truncate rounded-sm px-2 py-1 text-left text-sm hover:bg-accent"
            >
              {tag}
            </button>
          ))}
          {offered.length === 0 ? (
            <p className="px-2 py-1 text-muted-foreground text-xs">No tag of the rows on the screen fits.</p>
          ) : null}
        </div>
      </PopoverContent>
    </Popover>
  );
};
