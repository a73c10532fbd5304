"use client";
import type { AgentDetail, Release } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ImageId } from "../../lib/image-id.tsx";
import { releasePath } from "../../lib/paths.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { ActDialog } from "./act-dialog.tsx";
import { ReleaseChanges } from "./change-list.tsx";
import { useAgentVerb } from "./mutations.ts";
import { differencesOptions } from "./queries.ts";
import { releaseTitle } from "./words.ts";

/** Goes back to an earlier release: what changes for people, and why it is done. It stays until somebody unpins it. */
export const RollBackDialog = ({
  agent,
  release,
  open,
  onOpenChange,
}: {
  agent: AgentDetail;
  release: Release;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => {
  const router = useRouter();
  const verb = useAgentVerb("agents.rollBack");
  const from = agent.liveReleaseId;
  const differences = useQuery({
    ...differencesOptions(agent.name, from ?? "", release.id),
    enabled: open && from !== undefined,
  });
  return (
    <ActDialog
      agent={agent}
      open={open}
      onOpenChange={onOpenChange}
      className="max-w-2xl"
      title={`Roll back to ${releaseTitle(release).toLowerCase()}?`}
      description="Tasks are replaced one after the other, and requests under way are finished. The agent is then pinned, with a banner, until somebody unpins it."
      reasonLabel="Why go back?"
      reasonHint="Everybody who looks at the agent reads it."
      confirmLabel="Roll back"
      keepLabel="Keep what runs"
      destructive
      onAct={async (input) => {
        const begun = await verb.mutateAsync({
          params: { agent: agent.name },
          body: { toReleaseId: release.id, ...input },
        });
        toast.success("Rolling back");
        router.push(releasePath(agent.name, begun.id));
      }}
    >
      <p className="text-sm">
        It was released <RelativeTime at={release.createdAt} /> by {release.createdBy.name}: {release.reason}
      </p>
      <ImageId image={release.image} />
      <section aria-label="What changes">
        <h3 className="mb-1.5 font-medium text-sm">What changes against what runs now</h3>
        {differences.data ? (
          <ReleaseChanges changes={differences.data.changes} />
        ) : differences.isError || from === undefined ? (
          <p className="text-muted-foreground text-sm">The differences cannot be shown now.</p>
        ) : (
          <Skeleton className="h-16 w-full" />
        )}
      </section>
    </ActDialog>
  );
};
