"use client";
import type { DocumentId, Judgment, Question } from "@samla/contracts";
import { limits } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Search, Trash2, X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { DocumentPicker } from "../../lib/document-picker.tsx";
import { formatPlural } from "../../lib/format.ts";
import { GradeBadge, GradeButtons } from "../../lib/grade.tsx";
import { useCan } from "../../lib/me.ts";
import { documentPath, questionsPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Field, Input } from "../../ui/input.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { useDeleteQuestion, usePatchQuestion } from "./mutations.ts";
import { questionOptions } from "./queries.ts";

type Slots = {
  /** Hits of the question, where it can be searched without a trace; each with its buttons. */
  hits?: (question: Question, judge: (documentId: DocumentId, name: string) => ReactNode) => ReactNode;
};

/** One question: its text, and how right which documents are. */
export const QuestionPage = ({ slug, questionId, hits }: { slug: string; questionId: string } & Slots) => {
  const question = useQuery(questionOptions(slug, questionId));
  if (question.isError && !question.data)
    return (
      <QueryError
        error={question.error}
        onRetry={() => void question.refetch()}
        retrying={question.isFetching}
        actions={
          <Button asChild>
            <Link href={questionsPath(slug)}>All questions</Link>
          </Button>
        }
      />
    );
  if (!question.data)
    return (
      <LoadingRegion label="Loading the question" className="grid gap-3">
        <Skeleton className="h-7 w-2/3" />
        <Skeleton className="h-40 w-full" />
      </LoadingRegion>
    );
  return <Loaded slug={slug} question={question.data} hits={hits} />;
};

/** The judgments with one set, or taken back by `null`. Judgments of single passages of the document give way to it. */
export const judgmentsWith = (
  judgments: readonly Judgment[],
  documentId: DocumentId,
  grade: number | null,
): Judgment[] => {
  const next = grade === null ? [] : [{ documentId, grade }];
  const at = judgments.findIndex((one) => one.documentId === documentId);
  const others = judgments.filter((one) => one.documentId !== documentId);
  return at < 0 ? [...others, ...next] : [...others.slice(0, at), ...next, ...others.slice(at)];
};

const Loaded = ({ slug, question, hits }: { slug: string; question: Question } & Slots) => {
  const router = useRouter();
  const mayWrite = useCan("questions.write");
  const patch = usePatchQuestion(slug, question);
  const remove = useDeleteQuestion(slug);
  const [isDeleting, setDeleting] = useState(false);
  const plain = question.judgments.map(({ name: _, ...judgment }) => judgment);
  const judge = (documentId: DocumentId, grade: number | null) =>
    patch.mutate({ judgments: judgmentsWith(plain, documentId, grade) });
  const gradeOf = (documentId: string) =>
    question.judgments.find((one) => one.documentId === documentId)?.grade ?? null;
  const buttonsOf = (documentId: DocumentId, name: string) => (
    <GradeButtons
      name={name}
      value={gradeOf(documentId)}
      isDisabled={patch.isPending}
      onChange={(grade) => judge(documentId, grade)}
      onClear={() => judge(documentId, null)}
    />
  );
  return (
    <>
      <PageHeader
        level={2}
        className="pb-4"
        breadcrumb={
          <Link href={questionsPath(slug)} className="hover:text-foreground hover:underline">
            Questions
          </Link>
        }
        title={question.text}
        description={question.note}
        meta={
          <>
            <CopyableId id={question.id} label="question id" />
            <span className="text-muted-foreground">
              Written by {question.createdBy} <RelativeTime at={question.createdAt} />
            </span>
          </>
        }
        actions={
          <>
            <Button asChild>
              <Link href={`/search?${new URLSearchParams({ q: question.text, index: slug })}`}>
                <Search aria-hidden /> Search it
              </Link>
            </Button>
            {mayWrite ? (
              <Button variant="ghost" size="icon" aria-label="Delete the question" onClick={() => setDeleting(true)}>
                <Trash2 aria-hidden />
              </Button>
            ) : null}
          </>
        }
      />
      {mayWrite ? <Wording key={question.id} question={question} onSave={(body) => patch.mutateAsync(body)} /> : null}
      <section aria-label="Judgments" className="mt-6">
        <h3 className="font-medium">Judgments</h3>
        <p className="text-muted-foreground text-xs">
          Documents that are right for the question, and those that are not. What nobody judged counts as wrong.
        </p>
        {question.judgments.length > 0 ? (
          <ul className="mt-2 divide-y rounded-lg border bg-card">
            {question.judgments.map((judgment) => (
              <li
                key={`${judgment.documentId} ${judgment.passageId ?? ""}`}
                className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-3 py-2 text-sm"
              >
                <div className="min-w-0 flex-1 basis-48">
                  {judgment.name === undefined ? (
                    <span className="text-muted-foreground">
                      This document is deleted; the judgment does not count.{" "}
                      <CopyableId id={judgment.documentId} label="document id" />
                    </span>
                  ) : (
                    <Link
                      href={documentPath(judgment.documentId)}
                      prefetch={false}
                      className="break-words hover:underline"
                    >
                      {judgment.name}
                    </Link>
                  )}
                </div>
                {mayWrite ? (
                  <>
                    {judgment.name === undefined ? null : buttonsOf(judgment.documentId, judgment.name)}
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={`Take back the judgment of ${judgment.name ?? judgment.documentId}`}
                      disabled={patch.isPending}
                      onClick={() => judge(judgment.documentId, null)}
                    >
                      <X aria-hidden />
                    </Button>
                  </>
                ) : (
                  <GradeBadge grade={judgment.grade} />
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p className="mt-2 rounded-lg border border-dashed px-4 py-3 text-muted-foreground text-sm">
            No document was judged yet, so the question only counts for how many find nothing and for how long it takes.
          </p>
        )}
      </section>
      {mayWrite ? (
        <section aria-label="Judge a document" className="mt-6 grid max-w-xl gap-1.5">
          <h3 className="font-medium">Judge a document by its name</h3>
          <DocumentPicker
            slug={slug}
            label="Find a document by its name or folder"
            chosen={question.judgments.map((one) => one.documentId)}
            onPick={(document) => judge(document.id, 2)}
          />
          <p className="text-muted-foreground text-xs">It is taken as right; change its grade in the list above.</p>
        </section>
      ) : null}
      {mayWrite && hits ? hits(question, buttonsOf) : null}
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        title="Delete this question?"
        description={`Its ${formatPlural(question.judgments.length, "judgment")} go with it. Evaluations that asked it keep their results.`}
        confirmLabel="Delete the question"
        onConfirm={async () => {
          await remove.mutateAsync(question.id);
          toast.success("Question deleted");
          router.push(questionsPath(slug));
        }}
      />
    </>
  );
};

/** Text and note, saved together. */
const Wording = ({
  question,
  onSave,
}: {
  question: Question;
  onSave: (body: { text: string; note: string }) => Promise<unknown>;
}) => {
  const [text, setText] = useState(question.text);
  const [note, setNote] = useState(question.note);
  const isDirty = text.trim() !== question.text || note.trim() !== question.note;
  return (
    <details className="rounded-lg border">
      <summary className="px-3 py-2 font-medium text-sm">Wording</summary>
      <form
        className="grid max-w-xl gap-3 border-t p-3"
        onSubmit={(event) => {
          event.preventDefault();
          void onSave({ text: text.trim(), note: note.trim() }).catch(() => undefined);
        }}
      >
        <Field id="wording-text" label="Question">
          {(ids) => (
            <Input
              {...ids}
              value={text}
              maxLength={limits.queryLengthMax}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Field id="wording-note" label="Note">
          {(ids) => <Input {...ids} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        <Button
          type="submit"
          variant="primary"
          className="justify-self-start"
          disabled={!isDirty || text.trim() === ""}
        >
          Save
        </Button>
      </form>
    </details>
  );
};
