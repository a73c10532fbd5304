"use client";
import { LoaderCircle, Search, X } from "lucide-react";
import { Kbd } from "../../ui/kbd.tsx";

/** The box. What is typed goes into the URL, the results follow by themselves. */
export const SearchBox = ({
  value,
  busy,
  onChange,
}: {
  value: string;
  busy: boolean;
  onChange: (value: string) => void;
}) => (
  <search className="relative flex h-11 items-center rounded-lg border border-input bg-card shadow-sm transition-colors focus-within:border-primary focus-within:ring-2 focus-within:ring-primary/25">
    <span className="flex w-11 shrink-0 items-center justify-center text-muted-foreground" aria-hidden>
      {busy ? <LoaderCircle className="size-4.5 animate-spin" /> : <Search className="size-4.5" />}
    </span>
    <input
      data-search-input
      // biome-ignore lint/a11y/noAutofocus: searching is the one thing this page is for
      autoFocus={value === ""}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      maxLength={1000}
      placeholder="Search the text of your documents"
      aria-label="Search the text of your documents"
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      enterKeyHint="search"
      className="h-full min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-muted-foreground"
    />
    {value ? (
      <button
        type="button"
        aria-label="Clear the search"
        onClick={() => {
          onChange("");
          document.querySelector<HTMLInputElement>("input[data-search-input]")?.focus();
        }}
        className="mr-1.5 flex size-8 items-center justify-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground"
      >
        <X className="size-4" aria-hidden />
      </button>
    ) : (
      <Kbd className="mr-3 hidden sm:inline-flex">/</Kbd>
    )}
  </search>
);
