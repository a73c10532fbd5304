"use client";
import type { ReactNode } from "react";
import { ErrorState } from "../ui/error-state.tsx";
import { toast } from "../ui/toast.ts";
import { describeError } from "./problem.ts";

/** The error of a query with its next step, request id and retry. */
export const QueryError = ({
  error,
  onRetry,
  retrying,
  actions,
  className,
}: {
  error: unknown;
  onRetry?: () => void;
  retrying?: boolean;
  actions?: ReactNode;
  className?: string;
}) => {
  const { title, detail, nextStep, requestId } = describeError(error);
  return (
    <ErrorState
      title={title}
      detail={detail}
      nextStep={nextStep}
      requestId={requestId}
      onRetry={onRetry}
      retrying={retrying}
      actions={actions}
      className={className}
    />
  );
};

/** Tells of a failed action; the request id can be copied from it. */
export const toastError = (error: unknown): void => {
  const { title, detail, nextStep, requestId } = describeError(error);
  toast.error(title, {
    description: [detail, nextStep].filter(Boolean).join(" "),
    duration: 12_000,
    ...(requestId
      ? { action: { label: "Copy id", onClick: () => void navigator.clipboard.writeText(requestId) } }
      : {}),
  });
};
