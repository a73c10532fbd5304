import { MessageSquareText } from "lucide-react";
import Link from "next/link";
import { useCan } from "./me.ts";

/** Leads to the answers that a task, a release or an image gave, for those who may see agents. */
export const AnswersLink = ({ of }: { of: { task: string } | { release: string } | { image: string } }) =>
  useCan("agents.read") ? (
    <Link
      href={`/answers?${new URLSearchParams(of)}`}
      className="inline-flex items-center gap-1 text-link text-xs hover:underline"
    >
      <MessageSquareText className="size-3.5" aria-hidden /> Its answers
    </Link>
  ) : null;
