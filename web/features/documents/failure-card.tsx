import type { VersionFailure } from "@samla/contracts";
import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { stepLabel } from "./labels.ts";

/** Why a version failed: the step, the cause here, what to do. */
export const FailureCard = ({
  failure,
  onRetry,
  isRetrying,
  actions,
}: {
  failure: VersionFailure;
  /** Absent where the person may not retry. */
  onRetry?: () => void;
  isRetrying?: boolean;
  actions?: ReactNode;
}) => (
  <section aria-label="Failure" className="rounded-lg border border-destructive bg-destructive-soft p-4 text-sm">
    <h2 className="flex items-center gap-2 font-semibold text-destructive">
      <CircleAlert className="size-4 shrink-0" aria-hidden /> {failure.title}
    </h2>
    <p className="mt-1.5 break-words first-letter:uppercase">{failure.detail}</p>
    <p className="mt-1 font-medium">{failure.nextStep}</p>
    <p className="mt-1.5 text-muted-foreground text-xs">
      In the step “{stepLabel(failure.step)}”, code {failure.code}
      {failure.retryable ? "" : "; the same bytes will fail the same way"}
    </p>
    {onRetry || actions ? (
      <div className="mt-3 flex flex-wrap gap-2">
        {onRetry ? (
          <Button onClick={onRetry} busy={isRetrying}>
            {isRetrying ? null : <RotateCw aria-hidden />} Retry
          </Button>
        ) : null}
        {actions}
      </div>
    ) : null}
  </section>
);
