import type { TimelineEvent } from "@samla/contracts";
import {
  Bot,
  Boxes,
  CircleAlert,
  CircleCheck,
  CircleSlash,
  Container,
  Cpu,
  FilePlus,
  FileText,
  FlaskConical,
  Library,
  ListChecks,
  LockKeyhole,
  type LucideIcon,
  RefreshCw,
  Rocket,
  ShieldCheck,
  Tag,
  Trash2,
  Undo2,
  User,
} from "lucide-react";
import Link from "next/link";
import { can, useMe } from "../../lib/me.ts";
import { cn } from "../../ui/cn.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { linksOfEvent } from "./event-links.ts";
import { actionLabel } from "./timeline.ts";

const icons: Partial<Record<TimelineEvent["action"], LucideIcon>> = {
  "document.created": FilePlus,
  "document.version-added": FilePlus,
  "document.ready": CircleCheck,
  "document.embedded": CircleCheck,
  "document.cancelled": CircleSlash,
  "document.tagged": Tag,
  "document.deleted": Trash2,
  "document.purged": Trash2,
  "document.restored": Undo2,
  "document.rolled-back": Undo2,
  "document.reprocess": RefreshCw,
  "queue.redriven": RefreshCw,
  "index.created": Library,
  "index.changed": Library,
  "index.deleted": Library,
  "document.access-changed": LockKeyhole,
  "build.created": Boxes,
  "build.ready": CircleCheck,
  "build.paused": Boxes,
  "build.resumed": Boxes,
  "build.cancelled": CircleSlash,
  "build.promoted": Rocket,
  "build.rolled-back": Undo2,
  "build.deleted": Trash2,
  "question.imported": ListChecks,
  "question.changed": ListChecks,
  "question.deleted": Trash2,
  "evaluation.started": FlaskConical,
  "evaluation.done": FlaskConical,
  "evaluation.cancelled": CircleSlash,
  "care.checked": ShieldCheck,
  "care.repaired": ShieldCheck,
  "agent.proposed": Bot,
  "agent.withdrawn": CircleSlash,
  "agent.released": Rocket,
  "agent.live": CircleCheck,
  "agent.rolled-back": Undo2,
  "agent.stopped": CircleSlash,
  "agent.task-stopped": CircleSlash,
  "agent.unpinned": Bot,
  "agent.protected": LockKeyhole,
  "agent.scaled": Bot,
  "image.pushed": Container,
  "image.scanned": ShieldCheck,
  "image.waived": ShieldCheck,
  "image.waiver-ended": ShieldCheck,
  "image.gate-changed": ShieldCheck,
  "image.lifecycle-changed": Container,
  "image.tagged": Tag,
  "image.deleted": Trash2,
  "image.restored": Undo2,
  "image.purged": Trash2,
  "image.gone": Trash2,
  "image.waiver-expired": CircleAlert,
};

/** One event: who did what, to which ids, when, and why it failed if it did. */
export const EventLine = ({ event, isFirst }: { event: TimelineEvent; isFirst?: boolean }) => {
  const hasFailed = event.outcome === "failed";
  const Icon = hasFailed ? CircleAlert : (icons[event.action] ?? FileText);
  const { data: me } = useMe();
  const links = linksOfEvent(event).filter(({ permission }) => can(me, permission));
  const ActorIcon = event.actor.kind === "person" ? User : Cpu;
  return (
    <article
      aria-label={actionLabel(event.action)}
      className={cn("flex gap-3 px-1 py-2.5 text-sm", isFirst ? "" : "border-t")}
    >
      <Icon
        className={cn("mt-0.5 size-4 shrink-0", hasFailed ? "text-destructive" : "text-muted-foreground")}
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        <p className="break-words">
          <span className="font-medium" title={`${event.actor.kind} ${event.actor.id}`}>
            <ActorIcon className="mr-1 inline size-3.5 align-[-2px] text-muted-foreground" aria-hidden />
            {event.actor.name}
          </span>{" "}
          {event.summary}
        </p>
        {event.reason ? (
          <p
            className={cn(
              "mt-0.5 break-words text-xs first-letter:uppercase",
              hasFailed ? "text-destructive" : "text-muted-foreground",
            )}
          >
            {event.reason}
          </p>
        ) : null}
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-2 text-muted-foreground text-xs">
          {links.map(({ label, path }) => (
            <span key={path} className="inline-flex items-center">
              <Link href={path} prefetch={false} className="hover:text-foreground hover:underline">
                {label}
              </Link>
              {label === "build" && event.buildId ? <CopyableId id={event.buildId} label="build id" /> : null}
            </span>
          ))}
          {event.index && links.length === 0 ? event.index : null}
          {event.documentId ? (
            <span className="inline-flex items-center">
              <Link
                href={`/documents/${event.documentId}`}
                prefetch={false}
                className="hover:text-foreground hover:underline"
              >
                document
              </Link>
              <CopyableId id={event.documentId} label="document id" />
            </span>
          ) : null}
          {event.versionId ? (
            <span className="inline-flex items-center">
              version
              <CopyableId id={event.versionId} label="version id" />
            </span>
          ) : null}
          {event.buildId && !links.some(({ label }) => label === "build") ? (
            <span className="inline-flex items-center">
              build
              <CopyableId id={event.buildId} label="build id" />
            </span>
          ) : null}
        </p>
      </div>
      <RelativeTime at={event.at} className="shrink-0 whitespace-nowrap text-muted-foreground text-xs" />
    </article>
  );
};
