"use client";
import type { BuildDetail, Evaluation } from "@samla/contracts";
import { Play } from "lucide-react";
import { type FormEvent, useState } from "react";
import { createIdempotencyKey } from "../../lib/api.ts";
import { describeError } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Input } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { modeOptions, nameOfBuild } from "./evaluation-parts.tsx";
import { useStartEvaluation } from "./mutations.ts";

const selectClass = "[&_select]:h-8 [&_select]:text-sm [&_svg]:top-2.5";

/** Asks all questions of a build and measures its answers. */
export const StartForm = ({
  slug,
  builds,
  chosenBuildId,
}: {
  slug: string;
  /** Those that can be searched. */
  builds: readonly BuildDetail[];
  chosenBuildId: string | null;
}) => {
  const start = useStartEvaluation(slug);
  const [buildId, setBuildId] = useState(
    builds.some((one) => one.id === chosenBuildId) ? (chosenBuildId ?? "") : (builds[0]?.id ?? ""),
  );
  const [mode, setMode] = useState<Evaluation["mode"]>("hybrid");
  const [note, setNote] = useState("");
  const [key, setKey] = useState(createIdempotencyKey);
  const problem = start.error ? describeError(start.error) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(
      { buildId, mode, note: note.trim(), idempotencyKey: key },
      { onSettled: () => setKey(createIdempotencyKey()), onSuccess: () => setNote("") },
    );
  };
  return (
    <form onSubmit={submit} aria-label="Start an evaluation" className="grid gap-2 rounded-lg border bg-card p-3">
      <div className="flex flex-wrap items-end gap-2">
        <div className="grid min-w-0 gap-1 text-xs">
          <label htmlFor="start-build" className="text-muted-foreground">
            Build
          </label>
          <NativeSelect
            id="start-build"
            className={`max-w-72 ${selectClass}`}
            options={builds.map((one) => ({
              value: one.id,
              label: `${nameOfBuild(one.id, builds)} …${one.id.slice(-6)}`,
            }))}
            value={buildId}
            onChange={(event) => setBuildId(event.target.value)}
          />
        </div>
        <div className="grid gap-1 text-xs">
          <label htmlFor="start-mode" className="text-muted-foreground">
            Match by
          </label>
          <NativeSelect
            id="start-mode"
            className={selectClass}
            options={modeOptions}
            value={mode}
            onChange={(event) =>
              setMode(modeOptions.find((one) => one.value === event.target.value)?.value ?? "hybrid")
            }
          />
        </div>
        <div className="grid min-w-40 flex-1 gap-1 text-xs">
          <label htmlFor="start-note" className="text-muted-foreground">
            Note
          </label>
          <Input id="start-note" value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />
        </div>
        <Button type="submit" variant="primary" busy={start.isPending} disabled={buildId === ""}>
          <Play aria-hidden /> Evaluate
        </Button>
      </div>
      {problem ? (
        <p role="alert" className="text-destructive text-sm">
          {problem.detail} {problem.nextStep}
        </p>
      ) : null}
    </form>
  );
};
