"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { callApi } from "../../lib/api.ts";
import { formatCount, formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { QueryError, toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { activityKeys } from "./keys.ts";
import { queuesOptions } from "./queries.ts";

/** What waits in the queues; who may, sends dead letters round again. */
export const QueuesCard = () => {
  const client = useQueryClient();
  const mayRedrive = useCan("queues.redrive");
  const queues = useQuery(queuesOptions());
  const redrive = useMutation({
    mutationFn: (queue: string) => callApi("queues.redrive", { params: { queue } }),
    onSuccess: ({ moved }) => toast.success(`${formatPlural(moved, "dead letter")} sent again`),
    onError: toastError,
    onSettled: () => client.invalidateQueries({ queryKey: activityKeys.queues }),
  });
  return (
    <section aria-labelledby="queues-title" className="rounded-lg border bg-card">
      <h2 id="queues-title" className="border-b px-4 py-2.5 font-medium text-sm">
        Queues
      </h2>
      {queues.isPending ? (
        <div className="grid gap-3 p-4">
          <Skeleton className="h-4 w-2/3" />
          <Skeleton className="h-4 w-1/2" />
        </div>
      ) : queues.isError ? (
        <QueryError error={queues.error} onRetry={() => void queues.refetch()} retrying={queues.isFetching} />
      ) : (
        <ul className="divide-y">
          {queues.data.items.map((queue) => (
            <li key={queue.name} className="grid gap-2 px-4 py-3">
              <div>
                <p className="font-medium font-mono text-xs">{queue.name}</p>
                <p className="text-muted-foreground text-xs">{queue.purpose}</p>
              </div>
              <dl className="grid grid-cols-3 gap-2 text-xs">
                <Figure label="Waiting" value={queue.waiting} />
                <Figure label="In work" value={queue.inFlight} />
                <Figure label="Dead letters" value={queue.deadLetters} isBad={queue.deadLetters > 0} />
              </dl>
              {mayRedrive && queue.deadLetters > 0 ? (
                <Button
                  size="sm"
                  className="justify-self-start"
                  busy={redrive.isPending && redrive.variables === queue.name}
                  onClick={() => redrive.mutate(queue.name)}
                >
                  <RefreshCw aria-hidden /> Send again
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

const Figure = ({ label, value, isBad }: { label: string; value: number; isBad?: boolean }) => (
  <div>
    <dt className="text-muted-foreground">{label}</dt>
    <dd className={cn("font-medium text-base tabular-nums", isBad && "text-destructive")}>{formatCount(value)}</dd>
  </div>
);
