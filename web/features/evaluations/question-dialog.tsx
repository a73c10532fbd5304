"use client";
import { limits } from "@samla/contracts/plain";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { createIdempotencyKey } from "../../lib/api.ts";
import { questionPath } from "../../lib/paths.ts";
import { describeError } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/input.tsx";
import { useCreateQuestion } from "./mutations.ts";

/** Writes a question down; its documents are judged on its page. */
export const QuestionDialog = ({ slug, onClose }: { slug: string; onClose: () => void }) => {
  const router = useRouter();
  const create = useCreateQuestion(slug);
  const [text, setText] = useState("");
  const [note, setNote] = useState("");
  const [key, setKey] = useState(createIdempotencyKey);
  const problem = create.error ? describeError(create.error) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { body: { text: text.trim(), note: note.trim() }, idempotencyKey: key },
      {
        onSuccess: (question) => {
          onClose();
          router.push(questionPath(slug, question.id));
        },
      },
    );
  };
  const change = (set: (text: string) => void) => (typed: string) => {
    set(typed);
    setKey(createIdempotencyKey());
  };
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent title="New question" description="As people type it. You say which documents answer it next.">
        <form onSubmit={submit} noValidate className="flex min-h-0 flex-col">
          <DialogBody className="grid gap-4">
            <Field id="question-text" label="Question">
              {(ids) => (
                <Input
                  {...ids}
                  value={text}
                  maxLength={limits.queryLengthMax}
                  onChange={(event) => change(setText)(event.target.value)}
                />
              )}
            </Field>
            <Field id="question-note" label="Note" hint="What a person who judges should know. May stay empty.">
              {(ids) => (
                <Input
                  {...ids}
                  value={note}
                  maxLength={500}
                  onChange={(event) => change(setNote)(event.target.value)}
                />
              )}
            </Field>
            {problem ? (
              <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
                {problem.detail} {problem.nextStep}
              </p>
            ) : null}
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>Discard</Button>
            <Button type="submit" variant="primary" busy={create.isPending} disabled={text.trim() === ""}>
              Add the question
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
};
