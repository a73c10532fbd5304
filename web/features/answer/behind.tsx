import type { AnswerMaker } from "@samla/contracts";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatDuration } from "../../lib/format.ts";
import { can, useMe } from "../../lib/me.ts";
import { buildPath, imagePath, queryPath, releasePath, taskPath } from "../../lib/paths.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";

/** What is told of an answer's making, by its stream and by its record alike. */
export type Made = {
  queryId: string;
  indexes: readonly { slug: string; buildId: string }[];
  mode: "extractive" | "model";
  model?: string;
  dropped: number;
  timings: { searchMs: number; totalMs: number };
  maker: AnswerMaker;
};

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="grid grid-cols-[6.5rem_1fr] items-baseline gap-x-3 py-1">
    <dt className="text-muted-foreground text-xs">{label}</dt>
    <dd className="wrap-anywhere min-w-0 text-sm">{children}</dd>
  </div>
);

const Node = ({ href, text, id, label }: { href: string | undefined; text: string; id?: string; label?: string }) => (
  <span className="inline-flex max-w-full flex-wrap items-center gap-x-1.5 gap-y-1">
    {href ? (
      <Link href={href} prefetch={false} className="inline-flex min-h-6 items-center text-link hover:underline">
        {text}
      </Link>
    ) : (
      <span>{text}</span>
    )}
    {id ? <CopyableId id={id} className="min-h-6" {...(label ? { label } : {})} /> : null}
  </span>
);

/** The chain behind an answer: search, build, release, task and image, each with its page where the person may go there. */
export const Behind = ({ made, answerId }: { made: Made; answerId?: string }) => {
  const me = useMe().data;
  const seesAgents = can(me, "agents.read");
  const { maker } = made;
  const hrefOf = (path: string): string | undefined => (seesAgents ? path : undefined);
  return (
    <dl className="divide-y">
      {answerId ? (
        <Row label="Answer">
          <Node href={`/answers/${answerId}`} text="Its record" id={answerId} label="answer id" />
        </Row>
      ) : null}
      {made.indexes.map(({ slug, buildId }) => (
        <Row key={slug} label="Index and build">
          <Node
            href={can(me, "builds.read") ? buildPath(slug, buildId) : undefined}
            text={slug}
            id={buildId}
            label="build id"
          />
        </Row>
      ))}
      <Row label="Search">
        <Node
          href={can(me, "queries.read") && made.indexes[0] ? queryPath(made.indexes[0].slug, made.queryId) : undefined}
          text={`${formatDuration(made.timings.searchMs)} of ${formatDuration(made.timings.totalMs)}`}
          id={made.queryId}
          label="search id"
        />
      </Row>
      <Row label="Worded by">
        {made.mode === "model" ? made.model : "No model: quotations"}
        {made.dropped > 0
          ? `; ${made.dropped} ${made.dropped === 1 ? "sentence was" : "sentences were"} left out, as no passage bore ${made.dropped === 1 ? "it" : "them"} out`
          : null}
      </Row>
      <Row label="Release">
        <Node
          href={hrefOf(releasePath(maker.agent, maker.releaseId))}
          text={`${maker.agent} ${maker.version}`}
          id={maker.releaseId}
          label="release id"
        />
      </Row>
      <Row label="Task">
        {maker.taskId ? (
          <Node
            href={hrefOf(taskPath(maker.agent, maker.taskId))}
            text={maker.taskDefinition ?? "task"}
            id={maker.taskId}
            label="task id"
          />
        ) : (
          <span className="text-muted-foreground">not known to the agent</span>
        )}
      </Row>
      <Row label="Image">
        {maker.imageDigest ? (
          <Node
            href={hrefOf(imagePath(maker.agent, maker.imageDigest))}
            text="Findings, commit, where it runs"
            id={maker.imageDigest}
            label="image digest"
          />
        ) : (
          <span className="text-muted-foreground">not known to the agent</span>
        )}
      </Row>
    </dl>
  );
};
