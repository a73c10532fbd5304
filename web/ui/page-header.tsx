import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** The head of a page: where it is, its name, one line about it, what can be done. */
export const PageHeader = ({
  title,
  description,
  breadcrumb,
  actions,
  meta,
  className,
  level = 1,
}: {
  title: ReactNode;
  description?: ReactNode;
  breadcrumb?: ReactNode;
  actions?: ReactNode;
  meta?: ReactNode;
  className?: string;
  /** 2 for a part of a page that has its own name. */
  level?: 1 | 2;
}) => {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <header className={cn("flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-5", className)}>
      <div className="min-w-0 flex-1 basis-64">
        {breadcrumb ? <div className="mb-1 text-muted-foreground text-xs">{breadcrumb}</div> : null}
        <Heading className="break-words font-semibold text-xl">{title}</Heading>
        {description ? <p className="mt-0.5 max-w-2xl text-muted-foreground text-sm">{description}</p> : null}
        {meta ? <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">{meta}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
};

/** The frame of a page's content. */
export const PageBody = ({ className, children }: { className?: string; children: ReactNode }) => (
  <div className={cn("mx-auto w-full max-w-6xl px-4 py-5 sm:px-6", className)}>{children}</div>
);
