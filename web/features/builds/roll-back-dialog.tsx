"use client";
import type { Build, BuildId } from "@samla/contracts";
import { changesOfConfig } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createIdempotencyKey } from "../../lib/api.ts";
import { ChangeList } from "../../lib/build-config/change-list.tsx";
import { buildListOptions, buildTitle } from "../../lib/builds.ts";
import { formatCount } from "../../lib/format.ts";
import { describeError } from "../../lib/problem.ts";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { useRollBackIndex } from "./mutations.ts";
import { ProtectedName, useProtectedName } from "./protected-name.tsx";

/** Goes back to an earlier build: what changes for people, and why it is done. */
export const RollBackDialog = ({
  build,
  open,
  onOpenChange,
}: {
  build: Build;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => {
  const builds = useQuery(buildListOptions(build.index));
  const live = builds.data?.find((one) => one.status === "live");
  const target = builds.data?.find((one) => one.id === build.id);
  const rollBack = useRollBackIndex(build.index);
  const named = useProtectedName(build, open);
  const [reason, setReason] = useState("");
  const [key] = useState(createIdempotencyKey);
  const problem = rollBack.error ? describeError(rollBack.error) : undefined;
  const submit = () => {
    if (!live) return;
    rollBack.mutate(
      {
        body: {
          expectedLiveBuildId: live.id,
          toBuildId: build.id as BuildId,
          reason: reason.trim(),
          ...named.confirmation,
        },
        idempotencyKey: key,
      },
      {
        onSuccess: () => {
          toast.success(`“${buildTitle(build)}” is live again`);
          onOpenChange(false);
        },
      },
    );
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        className="max-w-2xl"
        title={`Roll back to “${buildTitle(build)}”?`}
        description="It has followed every upload and deletion, so it serves today's documents at once. The index stays rolled back, with a banner, until a build is promoted."
      >
        <DialogBody className="grid gap-4">
          {live ? (
            <>
              <section aria-label="Configuration">
                <h3 className="mb-1.5 font-medium text-sm">Configuration</h3>
                <ChangeList changes={changesOfConfig(live.config, build.config)} />
              </section>
              {live.statistics && target?.statistics ? (
                <p className="text-muted-foreground text-sm tabular-nums">
                  Documents: {formatCount(live.statistics.documents)} now, {formatCount(target.statistics.documents)}{" "}
                  then. Passages: {formatCount(live.statistics.passages)} now, {formatCount(target.statistics.passages)}{" "}
                  then.
                </p>
              ) : null}
            </>
          ) : (
            <Skeleton className="h-24 w-full" />
          )}
          <ReasonField
            id="roll-back-reason"
            label="Why go back?"
            hint="Everybody who looks at the index reads it."
            value={reason}
            onChange={setReason}
          />
          {named.isProtected ? <ProtectedName slug={build.index} typed={named.typed} onTyped={named.setTyped} /> : null}
          {problem ? (
            <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Keep the live build</Button>
          <Button
            variant="destructive"
            onClick={submit}
            busy={rollBack.isPending}
            disabled={!live || !named.isSettled || !isReason(reason)}
          >
            Roll back
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
