"use client";
import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyableId } from "./copyable-id.tsx";

/** What went wrong, what to do, the id to quote, and a way to try again. Text comes from the caller (see lib/problem.ts). */
export const ErrorState = ({
  title,
  detail,
  nextStep,
  requestId,
  onRetry,
  retrying,
  actions,
  className,
}: {
  title: string;
  detail?: string;
  nextStep?: string;
  requestId?: string;
  onRetry?: () => void;
  retrying?: boolean;
  actions?: ReactNode;
  className?: string;
}) => (
  <div role="alert" className={cn("mx-auto flex max-w-lg flex-col items-center px-6 py-12 text-center", className)}>
    <CircleAlert className="mb-3 size-6 text-destructive" aria-hidden />
    <h2 className="font-semibold text-lg">{title}</h2>
    {detail ? <p className="mt-1 text-pretty text-sm first-letter:uppercase">{detail}</p> : null}
    {nextStep ? <p className="mt-1 text-pretty text-muted-foreground text-sm">{nextStep}</p> : null}
    <div className="mt-4 flex flex-wrap items-center justify-center gap-2">
      {onRetry ? (
        <Button onClick={onRetry} busy={retrying}>
          {retrying ? null : <RotateCw aria-hidden />} Try again
        </Button>
      ) : null}
      {actions}
    </div>
    {requestId ? (
      <p className="mt-4 flex items-center gap-1 text-muted-foreground text-xs">
        Request <CopyableId id={requestId} label="request id" />
      </p>
    ) : null}
  </div>
);
