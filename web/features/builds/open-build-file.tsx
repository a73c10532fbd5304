"use client";
import type { BuildConfig, IndexSlug } from "@samla/contracts";
import { useMutation } from "@tanstack/react-query";
import { FileInput } from "lucide-react";
import { useRef, useState } from "react";
import { callApi, createIdempotencyKey } from "../../lib/api.ts";
import { checkConfig } from "../../lib/build-config/check-config.ts";
import { formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.ts";
import { type BuildFile, questionLines, readBuildFile } from "./build-file.ts";

const sizeMaxBytes = 4_000_000;

/** Takes an exported build into the form; its questions come along when that is wished. */
export const OpenBuildFile = ({
  slug,
  onConfig,
}: {
  slug: string;
  onConfig: (config: BuildConfig, note: string) => void;
}) => {
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<BuildFile>();
  const [problem, setProblem] = useState<string>();
  const mayJudge = useCan("questions.write");
  const bring = useMutation({
    mutationFn: (from: BuildFile) =>
      callApi("questions.import", {
        params: { index: slug as IndexSlug },
        body: { format: "jsonl", content: questionLines(from, slug) },
        idempotencyKey: createIdempotencyKey(),
      }),
    onSuccess: ({ created, changed, problemCount }) =>
      toast.success(
        `${formatPlural(created + changed, "question")} imported${problemCount > 0 ? `; ${formatPlural(problemCount, "judgment")} named no document of this index` : ""}`,
      ),
    onError: toastError,
  });
  const open = async (chosen: File) => {
    setFile(undefined);
    if (chosen.size > sizeMaxBytes) return setProblem("This file is too large for a build.");
    const read = readBuildFile(await chosen.text());
    if ("problem" in read) return setProblem(read.problem);
    const checked = await checkConfig(read.file.config);
    const [first] = checked.problems;
    if (!checked.config) return setProblem(`Its configuration cannot be used: ${first?.path} ${first?.message}`);
    setProblem(undefined);
    setFile(read.file);
    onConfig(checked.config, read.file.note);
  };
  return (
    <div className="grid justify-items-start gap-1.5">
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        className="hidden"
        aria-label="A build as a file"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = "";
          if (chosen) void open(chosen);
        }}
      />
      <Button size="sm" onClick={() => input.current?.click()}>
        <FileInput aria-hidden /> From a file…
      </Button>
      {problem ? (
        <p role="alert" className="text-destructive text-xs">
          {problem}
        </p>
      ) : null}
      {file ? (
        <section aria-label="From the file" className="grid w-full gap-1.5 rounded-lg border bg-card p-3 text-sm">
          <p>
            The form holds the build of “{file.index.name}” now. Readers there: {file.index.readers.join(", ")}; they
            and the settings stay as they are here.
          </p>
          {mayJudge && file.questions.length > 0 ? (
            <Button
              size="sm"
              className="justify-self-start"
              busy={bring.isPending}
              disabled={bring.isSuccess}
              onClick={() => bring.mutate(file)}
            >
              {bring.isSuccess ? "Imported" : `Import its ${formatPlural(file.questions.length, "question")} too`}
            </Button>
          ) : null}
        </section>
      ) : null}
    </div>
  );
};
