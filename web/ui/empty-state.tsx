import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** Says what would be here, why it is not, and what to do about it. */
export const EmptyState = ({
  icon: Icon,
  title,
  children,
  actions,
  className,
}: {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) => (
  <div className={cn("mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center", className)}>
    {Icon ? (
      <div className="mb-4 flex size-11 items-center justify-center rounded-xl border bg-surface">
        <Icon className="size-5 text-muted-foreground" aria-hidden />
      </div>
    ) : null}
    <h2 className="font-semibold text-lg">{title}</h2>
    {children ? <div className="mt-1 text-pretty text-muted-foreground text-sm">{children}</div> : null}
    {actions ? <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div> : null}
  </div>
);
