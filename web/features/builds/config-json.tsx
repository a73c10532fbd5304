"use client";
import type { BuildConfig } from "@samla/contracts";
import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { type ConfigProblem, checkConfig, readJson } from "../../lib/build-config/check-config.ts";
import { Button } from "../../ui/button.tsx";

/** What is typed beside the form, and what is wrong with it; undefined while the form leads. */
export type JsonDraft = { text: string; problems: ConfigProblem[] };

/** The configuration as JSON. Valid JSON goes into the form as it is typed; anything else stays here with its mistakes. */
export const ConfigJson = ({
  config,
  draft,
  onDraft,
  onConfig,
}: {
  config: BuildConfig;
  draft: JsonDraft | undefined;
  onDraft: (draft: JsonDraft | undefined) => void;
  onConfig: (config: BuildConfig) => void;
}) => {
  const [isCopied, setCopied] = useState(false);
  const newest = useRef(0);
  const text = draft?.text ?? JSON.stringify(config, null, 2);
  const change = async (typed: string) => {
    newest.current += 1;
    const turn = newest.current;
    const read = readJson(typed);
    if ("problem" in read) {
      onDraft({ text: typed, problems: [{ path: "", message: read.problem }] });
      return;
    }
    onDraft({ text: typed, problems: draft?.problems ?? [] });
    const checked = await checkConfig(read.value);
    // Typing went on meanwhile: a later answer is on its way.
    if (turn !== newest.current) return;
    onDraft({ text: typed, problems: checked.problems });
    if (checked.config) onConfig(checked.config);
  };
  return (
    <section aria-label="Configuration as JSON" className="grid gap-1.5">
      <div className="flex items-center justify-between gap-2">
        <label htmlFor="config-json" className="font-medium text-sm">
          As JSON
        </label>
        <Button
          size="sm"
          variant="ghost"
          onClick={() =>
            void navigator.clipboard.writeText(text).then(() => {
              setCopied(true);
              setTimeout(() => setCopied(false), 1500);
            })
          }
        >
          {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />} {isCopied ? "Copied" : "Copy"}
        </Button>
      </div>
      <textarea
        id="config-json"
        value={text}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        aria-invalid={draft && draft.problems.length > 0 ? true : undefined}
        aria-describedby="config-json-problems"
        onChange={(event) => void change(event.target.value)}
        onBlur={() => {
          if (draft && draft.problems.length === 0) onDraft(undefined);
        }}
        className="h-88 w-full resize-y rounded-md border border-input bg-card p-3 font-mono text-xs leading-5 shadow-xs aria-invalid:border-destructive"
      />
      <ul id="config-json-problems" aria-live="polite" className="wrap-anywhere grid gap-0.5 text-destructive text-xs">
        {draft?.problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            {problem.path ? <span className="font-mono">{problem.path}: </span> : null}
            {problem.message}
          </li>
        ))}
      </ul>
    </section>
  );
};
