"use client";
import type { IndexSlug, QueryRecord } from "@samla/contracts";
import { useMutation } from "@tanstack/react-query";
import { FlaskConical, ListPlus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { callApi, createIdempotencyKey } from "../../lib/api.ts";
import { useCan } from "../../lib/me.ts";
import { benchPath, questionPath, questionsPath } from "../../lib/paths.ts";
import { problemOfError } from "../../lib/problem.ts";
import { toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.ts";
import { judgmentsOfThumbs } from "./questions.ts";

type Asked = Pick<QueryRecord, "index" | "text"> & Partial<Pick<QueryRecord, "id" | "hits" | "thumbs" | "mode">>;

/** Takes a search down as a question, with what its thumbs say; one that is there already is shown instead. */
const useMakeQuestion = () => {
  const router = useRouter();
  return useMutation({
    mutationFn: ({ index, text, id, hits = [], thumbs = [] }: Asked) =>
      callApi("questions.create", {
        params: { index: index as IndexSlug },
        body: { text, source: "log", judgments: judgmentsOfThumbs({ hits, thumbs }), ...(id ? { queryId: id } : {}) },
        idempotencyKey: createIdempotencyKey(),
      }),
    onSuccess: (question) => router.push(questionPath(question.index, question.id)),
    onError: (error, { index, text }) => {
      if (problemOfError(error)?.code !== "already_exists") return toastError(error);
      toast.info("There is a question with these words already");
      router.push(`${questionsPath(index)}?${new URLSearchParams({ q: text })}`);
    },
  });
};

/** From a search to the test bench and to a question, in one click each. `isWide` shows words beside the icons. */
export const QueryActions = ({ query, isWide = false }: { query: Asked; isWide?: boolean }) => {
  const mayWrite = useCan("questions.write");
  const make = useMakeQuestion();
  const size = isWide ? "md" : "icon-sm";
  const variant = isWide ? "secondary" : "ghost";
  const label = (text: string) => (isWide ? text : null);
  return (
    <span className="inline-flex shrink-0 items-center gap-1">
      <Button asChild size={size} variant={variant}>
        <Link
          href={benchPath(query.index, { q: query.text, mode: query.mode })}
          prefetch={false}
          title="In the test bench"
          aria-label={isWide ? undefined : `“${query.text}” in the test bench`}
        >
          <FlaskConical aria-hidden /> {label("Test bench")}
        </Link>
      </Button>
      {mayWrite ? (
        <Button
          size={size}
          variant={variant}
          busy={make.isPending}
          title="Make it a question"
          aria-label={isWide ? undefined : `Make “${query.text}” a question`}
          onClick={() => make.mutate(query)}
        >
          <ListPlus aria-hidden /> {label("Make it a question")}
        </Button>
      ) : null}
    </span>
  );
};
