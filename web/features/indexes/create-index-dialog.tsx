"use client";
import type { Principal } from "@samla/contracts";
import { indexLanguages } from "@samla/contracts/plain";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { createIdempotencyKey } from "../../lib/api.ts";
import { describeError, fieldErrorsOf } from "../../lib/problem.ts";
import { ReadersInput } from "../../lib/readers-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input, Label, Textarea } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { toast } from "../../ui/toast.ts";
import { useCreateIndex } from "./mutations.ts";
import { suggestSlug } from "./slug.ts";

const emptyForm = {
  name: "",
  slug: "",
  description: "",
  language: "English" as (typeof indexLanguages)[number],
  readers: ["everyone"] as Principal[],
};

/** The server says "is taken" of a field; beside the field that reads better as a sentence. */
const asSentences = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([field, text]) => [field, /^(is|must) /.test(text) ? `It ${text}.` : text]),
  );

/** Creates an index; the short name follows the name until it is edited. */
export const CreateIndexDialog = ({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) => {
  const router = useRouter();
  const create = useCreateIndex();
  const [form, setForm] = useState(emptyForm);
  const [isSlugTyped, setSlugTyped] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [key, setKey] = useState("");
  const { reset } = create;
  useEffect(() => {
    if (!open) return;
    setForm(emptyForm);
    setSlugTyped(false);
    setErrors({});
    setKey(createIdempotencyKey());
    reset();
  }, [open, reset]);

  const change = (part: Partial<typeof emptyForm>) => {
    setForm((before) => ({ ...before, ...part }));
    // Another content is another intent, so it must not meet the answer of the first one.
    setKey(createIdempotencyKey());
    setErrors({});
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { CreateIndexBody } = await import("@samla/contracts/indexes");
    const parsed = CreateIndexBody.safeParse(form);
    if (!parsed.success) {
      setErrors(Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message])));
      return;
    }
    create.mutate(
      { body: parsed.data, idempotencyKey: key },
      {
        onSuccess: (index) => {
          toast.success(`“${index.name}” created`);
          onOpenChange(false);
          router.push(`/documents?index=${index.slug}`);
        },
        onError: (error) => setErrors(asSentences(fieldErrorsOf(error))),
      },
    );
  };
  const problem = create.error && Object.keys(errors).length === 0 ? describeError(create.error) : undefined;
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title="Create an index"
        description="An index is what people search: documents with one set of readers."
      >
        <form onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-col" noValidate>
          <DialogBody className="grid gap-4">
            <Field id="index-name" label="Name" error={errors.name}>
              {(ids) => (
                <Input
                  {...ids}
                  value={form.name}
                  maxLength={80}
                  required
                  onChange={(event) => {
                    const name = event.target.value;
                    change({ name, ...(isSlugTyped ? {} : { slug: suggestSlug(name) }) });
                  }}
                />
              )}
            </Field>
            <Field
              id="index-slug"
              label="Short name"
              hint="In addresses and in the API. It cannot be changed later."
              error={errors.slug}
            >
              {(ids) => (
                <Input
                  {...ids}
                  value={form.slug}
                  maxLength={40}
                  required
                  spellCheck={false}
                  autoCapitalize="none"
                  className="font-mono"
                  onChange={(event) => {
                    setSlugTyped(event.target.value !== "");
                    change({ slug: event.target.value });
                  }}
                />
              )}
            </Field>
            <Field id="index-description" label="Description" error={errors.description}>
              {(ids) => (
                <Textarea
                  {...ids}
                  value={form.description}
                  maxLength={500}
                  onChange={(event) => change({ description: event.target.value })}
                />
              )}
            </Field>
            <div className="grid gap-1.5">
              <Label htmlFor="index-language">Language of the documents</Label>
              <Select
                id="index-language"
                value={form.language}
                onValueChange={(language) =>
                  change({ language: indexLanguages.find((one) => one === language) ?? "English" })
                }
                options={indexLanguages.map((language) => ({ value: language, label: language }))}
                className="w-full"
              />
              <p className="text-muted-foreground text-xs">
                Decides which forms of a word count as one. Texts in other languages are found by their exact words.
              </p>
            </div>
            <ReadersInput value={form.readers} onChange={(readers) => change({ readers })} error={errors.readers} />
            {problem ? (
              <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
                {problem.detail} {problem.nextStep}
              </p>
            ) : null}
          </DialogBody>
          <DialogFooter>
            <Button onClick={() => onOpenChange(false)}>Discard</Button>
            <Button type="submit" variant="primary" busy={create.isPending}>
              Create
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
};
