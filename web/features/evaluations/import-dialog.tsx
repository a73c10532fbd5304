"use client";
import type { ImportResult } from "@samla/contracts";
import { importFormats, limits } from "@samla/contracts/plain";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { describeError } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Label, Textarea } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { toast } from "../../ui/toast.ts";
import { useImportQuestions } from "./mutations.ts";

type Format = (typeof importFormats)[number];

const formats: Record<Format, { label: string; hint: string; example: string }> = {
  csv: {
    label: "CSV",
    hint: "Columns question, document and grade (0 to 3); id if you have one.",
    example: "question,document,grade\nhow long is the warranty,warranty.pdf,3",
  },
  jsonl: {
    label: "JSONL",
    hint: "An object a line: id, question, judgments with document and grade.",
    example: '{"id":"1","question":"how long is the warranty","judgments":[{"document":"warranty.pdf","grade":3}]}',
  },
  qrels: {
    label: "TREC qrels",
    hint: "A line a judgment: question id, 0, document, grade. The topics beside it say what each id asks.",
    example: "1 0 warranty.pdf 3",
  },
};

/** The format that a file's name speaks of. */
export const formatOfName = (name: string): Format | undefined => {
  const extension = name.toLowerCase().split(".").at(-1) ?? "";
  if (extension === "csv") return "csv";
  if (extension === "jsonl" || extension === "ndjson") return "jsonl";
  return ["qrels", "qrel", "tsv", "txt"].includes(extension) ? "qrels" : undefined;
};

/** Imports questions: checked first, with every line that would be left out, and only then taken. */
export const ImportDialog = ({ slug, onClose }: { slug: string; onClose: () => void }) => {
  const run = useImportQuestions(slug);
  const [format, setFormat] = useState<Format>("csv");
  const [content, setContent] = useState("");
  const [topics, setTopics] = useState("");
  const [checked, setChecked] = useState<ImportResult>();
  const problem = run.error ? describeError(run.error) : undefined;
  const body = { format, content, ...(format === "qrels" ? { topics } : {}) };
  const touch = () => {
    setChecked(undefined);
    run.reset();
  };
  const readFile = async (file: File | undefined, set: (text: string) => void, isContent: boolean) => {
    if (!file) return;
    touch();
    set(await file.text());
    if (isContent) setFormat((before) => formatOfName(file.name) ?? before);
  };
  const isTooLong = content.length > limits.importCharactersMax || topics.length > limits.importCharactersMax;
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        className="max-w-2xl"
        title="Import questions"
        description="Documents are found by id, by path or by name. Nothing is taken before you have seen what would happen."
      >
        <DialogBody className="grid gap-4">
          <div className="grid gap-1.5">
            <div className="flex flex-wrap items-center gap-2">
              <Label htmlFor="import-format">Format</Label>
              <NativeSelect
                id="import-format"
                options={importFormats.map((value) => ({ value, label: formats[value].label }))}
                value={format}
                onChange={(event) => {
                  touch();
                  setFormat(importFormats.find((one) => one === event.target.value) ?? "csv");
                }}
              />
              <FileButton label="Choose a file" onFile={(file) => void readFile(file, setContent, true)} />
            </div>
            <p className="text-muted-foreground text-xs">{formats[format].hint}</p>
          </div>
          <div className="grid gap-1.5">
            <Label htmlFor="import-content">Questions and judgments</Label>
            <Textarea
              id="import-content"
              rows={6}
              className="font-mono text-xs"
              placeholder={formats[format].example}
              value={content}
              spellCheck={false}
              onChange={(event) => {
                touch();
                setContent(event.target.value);
              }}
            />
          </div>
          {format === "qrels" ? (
            <div className="grid gap-1.5">
              <div className="flex flex-wrap items-center gap-2">
                <Label htmlFor="import-topics">Topics</Label>
                <FileButton label="Choose the topics" onFile={(file) => void readFile(file, setTopics, false)} />
              </div>
              <Textarea
                id="import-topics"
                rows={3}
                className="font-mono text-xs"
                placeholder={"1\thow long is the warranty"}
                value={topics}
                spellCheck={false}
                onChange={(event) => {
                  touch();
                  setTopics(event.target.value);
                }}
              />
            </div>
          ) : null}
          {isTooLong ? (
            <p role="alert" className="text-destructive text-xs">
              This is over {formatCount(limits.importCharactersMax)} characters. Import it in parts.
            </p>
          ) : null}
          {checked ? <Outcome result={checked} /> : null}
          {problem ? (
            <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>Discard</Button>
          {checked ? (
            <Button
              variant="primary"
              busy={run.isPending}
              disabled={checked.created + checked.changed === 0}
              onClick={() =>
                run.mutate(
                  { ...body, dryRun: false },
                  {
                    onSuccess: (result) => {
                      toast.success(`${formatPlural(result.created + result.changed, "question")} imported`);
                      onClose();
                    },
                  },
                )
              }
            >
              Import {formatPlural(checked.created + checked.changed, "question")}
            </Button>
          ) : (
            <Button
              variant="primary"
              busy={run.isPending}
              disabled={content.trim() === "" || isTooLong}
              onClick={() => run.mutate({ ...body, dryRun: true }, { onSuccess: setChecked })}
            >
              Check
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};

const FileButton = ({ label, onFile }: { label: string; onFile: (file: File | undefined) => void }) => (
  <label className="inline-flex h-7 cursor-pointer items-center gap-1.5 rounded-md border border-border-strong bg-card px-2.5 font-medium text-xs shadow-xs focus-within:outline-2 focus-within:outline-ring hover:bg-accent">
    <FileUp className="size-3.5" aria-hidden /> {label}
    <input
      type="file"
      className="sr-only"
      accept=".csv,.jsonl,.ndjson,.txt,.tsv,.qrels,.qrel"
      onChange={(event) => {
        onFile(event.target.files?.[0]);
        event.target.value = "";
      }}
    />
  </label>
);

/** What would happen, and the lines that would be left out with the reason. */
const Outcome = ({ result }: { result: ImportResult }) => (
  <section aria-label="What would happen" className="grid gap-2 rounded-lg border p-3 text-sm">
    <p role="status" className="flex flex-wrap gap-x-4 gap-y-0.5 tabular-nums">
      <span>{formatPlural(result.created, "new question")}</span>
      <span>{formatCount(result.changed)} changed</span>
      <span className="text-muted-foreground">{formatCount(result.unchanged)} unchanged</span>
      <span>{formatPlural(result.judgments, "judgment")}</span>
    </p>
    {result.problemCount > 0 ? (
      <>
        <p className="font-medium text-warning">{formatPlural(result.problemCount, "line")} left out</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard */}
        <ul className="max-h-44 overflow-y-auto text-xs" tabIndex={0} aria-label="Lines left out">
          {result.problems.map((problem) => (
            <li key={`${problem.line} ${problem.message}`} className="flex gap-3 border-t py-1">
              <span className="w-16 shrink-0 text-muted-foreground tabular-nums">line {problem.line}</span>
              <span className="min-w-0 break-words">{problem.message}</span>
            </li>
          ))}
        </ul>
        {result.problemCount > result.problems.length ? (
          <p className="text-muted-foreground text-xs">The first {result.problems.length} are shown.</p>
        ) : null}
      </>
    ) : null}
  </section>
);
